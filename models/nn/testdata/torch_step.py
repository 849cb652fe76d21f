#!/usr/bin/env python3
"""Train the notebook's network for two steps in PyTorch and print what came out.

  python3 torch_step.py > torch_step.json

The numbers that TestATrainingStepAgreesWithPyTorch holds the engine to. Needs
PyTorch for CPU (Debian: python3-torch). Pictures, weights and what dropout
drops come from the same hash as in random.go; PyTorch computes in float64, so
nearly all of a difference is the engine's.
"""
import json
import numpy as np
import torch
from torch.nn import functional as F

BATCH, SIDE, CLASSES, RATE, DROPOUT, SEED, SAMPLES = 3, 300, 5, 1e-3, 0.5, 7, 40
SCALES = [.4, .1, .14, .1, .005, .1]  # of each parameter, uniform in ± this
SHAPES = [(3, 3, 3, 32), (32,), (3, 3, 32, 64), (64,), (CLASSES, 73 * 73 * 64), (CLASSES,)]
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def mix(z):
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def key(*keys):
    h = np.array([GOLDEN])
    for k in keys:
        h = mix(h + np.uint64(k) * GOLDEN)
    return h


def uniform(k, shape):
    i = np.arange(np.prod(shape), dtype=np.uint64)
    return ((mix(k + i * GOLDEN) >> np.uint64(11)).astype(np.float64) / 2**53).reshape(shape)


def stays(k, size):
    """What the engine's Drop keeps: four values share a word, 16 bits each."""
    words = mix(k + np.arange((size + 3) // 4, dtype=np.uint64) * GOLDEN)
    return words.astype("<u8").view("<u2")[:size] >= int(DROPOUT * 2**16)


def as_float32(values):
    return torch.from_numpy(values.astype(np.float32).astype(np.float64))


np.seterr(over="ignore")
x = as_float32(uniform(key(SEED, 100), (BATCH, SIDE, SIDE, 3))).permute(0, 3, 1, 2)
labels = torch.arange(BATCH) % CLASSES
parameters = [as_float32(scale * (2 * uniform(key(SEED, i), shape) - 1)).requires_grad_()
              for i, (scale, shape) in enumerate(zip(SCALES, SHAPES))]
adam = torch.optim.Adam(parameters, lr=RATE, eps=1e-7)

steps = []
for step in range(2):
    w1, b1, w2, b2, w3, b3 = parameters
    h = F.max_pool2d(F.relu(F.conv2d(x, w1.permute(3, 2, 0, 1), b1)), 2)
    h = F.max_pool2d(F.relu(F.conv2d(h, w2.permute(3, 2, 0, 1), b2)), 2)
    h = h.permute(0, 2, 3, 1).flatten(1)  # row, column, channel
    noise = key(key(SEED, 200 + step)[0], 1)[0]
    kept = torch.from_numpy(np.stack([stays(key(noise, n), h.shape[1]) for n in range(BATCH)]))
    loss = F.cross_entropy(F.linear(h * kept / (1 - DROPOUT), w3, b3), labels)
    adam.zero_grad()
    loss.backward()
    before = [p.detach().clone() for p in parameters]
    adam.step()
    record = {"loss": loss.item(), "parameters": []}
    for p, was in zip(parameters, before):
        every = max(1, p.numel() // SAMPLES)
        record["parameters"].append({
            "grad_norm": p.grad.norm().item(),
            "moved_norm": (p.detach() - was).norm().item(),
            "every": every,
            "grad": p.grad.flatten()[::every].tolist(),
            "value": p.detach().flatten()[::every].tolist()})
    steps.append(record)
print(json.dumps({"torch": torch.__version__, "steps": steps}, indent=1))
