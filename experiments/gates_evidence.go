package experiments

import (
	"context"
	"fmt"
	"slices"

	"ringlab/data"
	"ringlab/data/picture"
	"ringlab/models"
)

// evaluateGates gathers the evidence against the version in production (0 for
// none) and decides.
func (s *Store) evaluateGates(ctx context.Context, c candidate, production int64) ([]Gate, error) {
	e := evidence{candidate: *c.run.Evaluation}
	if production != 0 {
		r, err := s.judgeProduction(ctx, c, formatVersion(production))
		if err != nil {
			return nil, fmt.Errorf("compare run %s with production: %w", c.run.ID, err)
		}
		e.production = r
	}
	var err error
	if e.builtin, err = s.judgeBuiltin(ctx, c); err != nil {
		return nil, fmt.Errorf("compare run %s with %s: %w", c.run.ID, BuiltinBest, err)
	}
	e.answers = s.checkAnswers(ctx, c)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return decide(e), nil
}

// judgeProduction finds how the version in production does on the candidate's
// holdout: from what it answered then, or anew where its holdout was another.
func (s *Store) judgeProduction(ctx context.Context, c candidate, version string) (*rival, error) {
	v, err := s.Version(ctx, version)
	if err != nil {
		return nil, err
	}
	mine, err := s.answers(ctx, c.run.ID)
	if err != nil {
		return nil, err
	}
	theirs, err := s.answers(ctx, v.Run)
	if err != nil {
		return nil, err
	}
	if sameRecords(mine, theirs) {
		return &rival{name: v.Name, accuracy: v.Evaluation.Accuracy}, nil
	}
	r := &rival{name: v.Name, anew: true}
	if r.learned, err = s.learnedFrom(ctx, v.Run, mine); err != nil {
		return nil, err
	}
	if r.accuracy, err = s.accuracyOn(ctx, v.Run, mine); err != nil {
		return nil, err
	}
	return r, nil
}

// mostReference bounds the holdout records that the model of the binary is
// asked about: it costs a promotion some two seconds at most.
const mostReference = 200

// judgeBuiltin asks the best model of the binary about the candidate's holdout;
// nil where there is none, or where the workspace counts something else.
func (s *Store) judgeBuiltin(ctx context.Context, c candidate) (*Reference, error) {
	task, err := s.data.Task(ctx)
	if err != nil {
		return nil, err
	}
	builtin, missing := Builtin(BuiltinBest)
	if missing != nil || task.LabelName != data.DefaultTask().LabelName {
		return nil, nil //nolint:nilerr,nilnil // a binary without models is fine
	}
	if r, ok := s.references.Load(c.run.ID); ok {
		return r.(*Reference), nil
	}
	list, err := s.answers(ctx, c.run.ID)
	if err != nil {
		return nil, err
	}
	list = list[:min(len(list), mostReference)]
	model, err := loadModel(builtin)
	if err != nil {
		return nil, err
	}
	accuracy, err := s.accuracyOf(ctx, model, list)
	if err != nil {
		return nil, err
	}
	r := &Reference{Model: builtin.Name, Accuracy: accuracy, Records: len(list)}
	s.references.Store(c.run.ID, r)
	return r, nil
}

// answers reads a run's answers by its number as text.
func (s *Store) answers(ctx context.Context, run string) ([]answer, error) {
	n, err := parseRunID(run)
	if err != nil {
		return nil, err
	}
	return s.selectAnswers(ctx, n)
}

// sameRecords compares two lists in order of record.
func sameRecords(a, b []answer) bool {
	return slices.EqualFunc(a, b, func(x, y answer) bool { return x.record == y.record })
}

// learnedFrom counts the records of the list that a run saw while it learned.
func (s *Store) learnedFrom(ctx context.Context, run string, records []answer) (int, error) {
	r, err := s.Run(ctx, run)
	if err != nil {
		return 0, err
	}
	split, err := data.RestoreSplit(r.Spec.Split)
	if err != nil {
		return 0, err
	}
	parts, err := s.data.Parts(ctx, r.Spec.Snapshot, split)
	if err != nil {
		return 0, err
	}
	seen := make(map[int64]bool)
	for _, record := range slices.Concat(parts.Train, parts.Validation) {
		seen[record.ID] = true
	}
	count := 0
	for _, a := range records {
		if seen[a.record] {
			count++
		}
	}
	return count, nil
}

// accuracyOn evaluates a run's model on the records of a list.
func (s *Store) accuracyOn(ctx context.Context, run string, list []answer) (float64, error) {
	model, err := s.load(ctx, run)
	if err != nil {
		return 0, err
	}
	return s.accuracyOf(ctx, model, list)
}

// accuracyOf evaluates a model on the records of a list.
func (s *Store) accuracyOf(ctx context.Context, model *models.Model, list []answer) (float64, error) {
	ids := make([]int64, len(list))
	for i, a := range list {
		ids[i] = a.record
	}
	records, err := s.data.RecordsByID(ctx, ids)
	if err != nil {
		return 0, err
	}
	answers, err := s.predict(ctx, model, records, nil)
	if err != nil {
		return 0, err
	}
	right := 0
	for _, a := range answers {
		if a.right() {
			right++
		}
	}
	return float64(right) / float64(max(len(answers), 1)), nil
}

// load opens a run's bundle and checks it against its registered sum.
func (s *Store) load(ctx context.Context, run string) (*models.Model, error) {
	m, err := s.Resolve(ctx, run)
	if err != nil {
		return nil, err
	}
	return loadModel(m)
}

func loadModel(m Model) (*models.Model, error) {
	model, _, err := m.Load()
	return model, err
}

// checkAnswers loads the candidate's bundle and lets it answer one picture of
// its holdout again. nil means that the answer is the one of the evaluation.
func (s *Store) checkAnswers(ctx context.Context, c candidate) error {
	b, err := s.answers(ctx, c.run.ID)
	if err != nil {
		return err
	}
	if len(b) == 0 {
		return fmt.Errorf("run %s has no holdout record to ask about", c.run.ID)
	}
	model, err := loadModel(c.model)
	if err != nil {
		return err
	}
	records, err := s.data.RecordsByID(ctx, []int64{b[0].record})
	if err != nil {
		return err
	}
	again, err := s.predict(ctx, model, records, nil)
	if err != nil {
		return err
	}
	if len(again) != 1 || again[0].predicted != b[0].predicted {
		return fmt.Errorf("the bundle answers the first holdout picture otherwise than in the evaluation, where it said %d", b[0].predicted)
	}
	return nil
}

// predictBatch is how many pictures are decoded at once.
const predictBatch = 32

// predict asks a model about records. progress, if set, hears how many are done.
func (s *Store) predict(ctx context.Context, model *models.Model, records []data.Record, progress func(done, total int)) ([]answer, error) {
	answers := make([]answer, 0, len(records))
	for batch := range slices.Chunk(records, predictBatch) {
		pictures := make([]*picture.Picture, len(batch))
		for i, record := range batch {
			p, err := s.data.Picture(ctx, record)
			if err != nil {
				return nil, err
			}
			pictures[i] = p
		}
		predictions, err := model.Predict(ctx, pictures)
		if err != nil {
			return nil, err
		}
		for i, p := range predictions {
			answers = append(answers, answer{
				record:        batch[i].ID,
				label:         batch[i].Label,
				predicted:     p.Label,
				confidence:    p.Confidence,
				probabilities: p.Probabilities,
			})
		}
		if progress != nil {
			progress(len(answers), len(records))
		}
	}
	return answers, nil
}
