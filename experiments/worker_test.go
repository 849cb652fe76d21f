package experiments

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestAFinishedRunHasEverything(t *testing.T) {
	s := newStore(t)
	run := trained(t, s, quickTrees(1))
	ctx := t.Context()

	if run.Evaluation == nil || run.Evaluation.Records != 25 {
		t.Fatalf("evaluation %+v, want one of 25 records", run.Evaluation)
	}
	for _, name := range []string{"accuracy", "macro_f1", "within_one", "ece"} {
		if _, ok := run.Metrics[name]; !ok {
			t.Errorf("metric %s is missing: %v", name, run.Metrics)
		}
	}
	t.Logf("metrics %v", run.Metrics)
	predictions, err := s.Predictions(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, p := range predictions {
		if p.Record.Label == p.Predicted {
			right++
		}
	}
	if got := float64(right) / float64(len(predictions)); got != run.Evaluation.Accuracy {
		t.Errorf("accuracy of the stored predictions is %v, of the evaluation %v", got, run.Evaluation.Accuracy)
	}
	artifacts, err := s.Artifacts(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range artifacts {
		names = append(names, a.Name)
		content, err := s.Artifact(ctx, run.ID, a.Name)
		if err != nil || int64(len(content)) != a.Bytes {
			t.Errorf("artifact %s: %d bytes, %v; want %d", a.Name, len(content), err, a.Bytes)
		}
		if dir := os.Getenv("RINGLAB_KEEP"); dir != "" {
			os.WriteFile(filepath.Join(dir, a.Name), content, 0o644)
		}
	}
	if len(names) != 4 {
		t.Errorf("artifacts %v, want curves and confusion as png and svg", names)
	}
	log, err := s.Log(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if text, _ := io.ReadAll(log); len(text) == 0 {
		t.Error("the log is empty")
	}
	m, err := s.Resolve(ctx, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := loadModel(m); err != nil {
		t.Error(err)
	}
}
