#!/usr/bin/env python3
"""Time ringlab's engine and PyTorch on the CPU in turn, in one run.

  go test -c -o models.test ./models
  python3 models/testdata/beside_torch.py ./models.test

Both train the networks of models/bench_networks.go (reference: the replaced
demo's, 3x300x300, batch 12; compact: 1x96x96, batch 16) and answer one picture
and 32. Each round runs every contender once, in an order that turns with the
round; PyTorch in both memory layouts, of which the better counts. Printed are
the medians over the rounds of each round's median, the ratio of ringlab's to
PyTorch's, and the same of the fastest repetitions, which say what each can do
where other programs disturb. Needs PyTorch for CPU (Debian: python3-torch), in the python that
runs this. Nothing else should run meanwhile.
"""
import argparse
import re
import statistics
import subprocess
import time

import torch
from torch import nn


def reference():
    layers = [nn.Conv2d(3, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
              nn.Flatten(), nn.Dropout(0.5), nn.Linear(73 * 73 * 64, 5)]
    return nn.Sequential(*layers), (3, 300, 300), 12, 5


def compact():
    layers, before = [], 1
    for channels in (16, 32, 64, 64):
        layers += [nn.Conv2d(before, channels, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
        before = channels
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 9)), (1, 96, 96), 16, 9


class Torch:
    """One network in one layout; each contender repeats one kind of work."""

    def __init__(self, make, layout):
        torch.manual_seed(1)
        self.net, self.shape, self.batch, self.classes = make()
        self.format = torch.channels_last if layout == "nhwc" else torch.contiguous_format
        self.net = self.net.to(memory_format=self.format)
        self.adam = torch.optim.Adam(self.net.parameters(), 1e-3)
        self.loss = nn.CrossEntropyLoss()

    def pictures(self, n):
        return torch.rand((n, *self.shape)).contiguous(memory_format=self.format)

    def step(self):
        x, y = self.pictures(self.batch), torch.randint(0, self.classes, (self.batch,))
        self.net.train()

        def run():
            self.adam.zero_grad(set_to_none=True)
            self.loss(self.net(x), y).backward()
            self.adam.step()
        return run

    def answer(self, n):
        x = self.pictures(n)
        self.net.eval()

        def run():
            with torch.inference_mode():
                self.net(x)
        return run


def repeat(run, seconds):
    """Milliseconds of each repetition, after two that warm up."""
    run()
    run()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def ringlab(binary, bench, seconds):
    """One benchmark: median and least milliseconds, and the share of the machine's peak."""
    out = subprocess.run([binary, "-test.run", "^$", "-test.bench", bench, "-test.benchtime", f"{seconds}s"],
                         capture_output=True, text=True, check=True).stdout
    figures = [re.findall(rf"([\d.]+) {unit}", out) for unit in ("median-ms/op", "least-ms/op", "of-peak")]
    if [len(found) for found in figures] != [1, 1, 1]:
        raise SystemExit(f"{bench} should measure one work:\n{out}")
    return [float(found[0]) for found in figures]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", help="what go test -c made of ./models")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1, help="of each contender in a round")
    parser.add_argument("--only", choices=["reference", "compact"], help="one network alone")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    works = {"step": (lambda t: t.step(), "Step", None),
             "answer 1": (lambda t: t.answer(1), "Answer", 1),
             "answer 32": (lambda t: t.answer(32), "Answer", 32)}
    contenders = []
    networks = [n for n in (("reference", reference, 12), ("compact", compact, 16)) if args.only in (None, n[0])]
    for name, make, batch in networks:
        for work, (prepare, bench, n) in works.items():
            for layout in ("nchw", "nhwc"):
                run = prepare(Torch(make, layout))
                contenders.append(((name, work), layout, lambda run=run: repeat(run, args.seconds)))
            pattern = f"^Benchmark{bench}$/^net={name}$/^batch={n or batch}$/^threads={args.threads}$"
            contenders.append(((name, work), "ringlab",
                               lambda pattern=pattern: ringlab(args.binary, pattern, args.seconds)))

    times, least, peaks = {}, {}, {}
    for number in range(args.rounds):
        turned = contenders[number % len(contenders):] + contenders[:number % len(contenders)]
        for what, who, measure in turned:
            got = measure()
            if who == "ringlab":
                middle, fastest, of_peak = got
                peaks.setdefault(what, []).append(of_peak)
            else:
                middle, fastest = statistics.median(got), min(got)
            times.setdefault((what, who), []).append(middle)
            least[what, who] = min(least.get((what, who), fastest), fastest)
    print(f"PyTorch {torch.__version__}, {args.threads} threads, {args.rounds} rounds; medians of the rounds' medians")
    print("network    work       nchw ms  nhwc ms  ringlab ms  ratio  of peak  least: nchw nhwc ringlab ratio  rounds")
    for name, _, _ in networks:
        for work in works:
            rows = {who: times[((name, work), who)] for who in ("nchw", "nhwc", "ringlab")}
            middle = {who: statistics.median(row) for who, row in rows.items()}
            better = min(("nchw", "nhwc"), key=middle.get)
            ratios = " ".join(f"{a / b:.2f}" for a, b in zip(rows["ringlab"], rows[better]))
            fastest = {who: least[(name, work), who] for who in rows}
            print(f"{name:10} {work:10} {middle['nchw']:7.2f}  {middle['nhwc']:7.2f}  {middle['ringlab']:10.2f}  "
                  f"{middle['ringlab'] / middle[better]:5.2f}  {statistics.median(peaks[name, work]):7.2f}  "
                  f"{fastest['nchw']:11.2f} {fastest['nhwc']:.2f} {fastest['ringlab']:.2f} "
                  f"{fastest['ringlab'] / min(fastest['nchw'], fastest['nhwc']):.2f}  {ratios}")


if __name__ == "__main__":
    main()
