package experiments

import (
	"strings"
	"testing"
)

func TestTheStateMachineAllowsTheseMovesAndNoOthers(t *testing.T) {
	allowed := map[move]map[State]State{
		moveStart:     {Queued: Running},
		moveTakeOver:  {Running: Running},
		moveFinish:    {Running: Finished},
		moveFail:      {Running: Failed},
		moveInterrupt: {Running: Interrupted},
		moveCancel:    {Queued: Cancelled, Running: Cancelled},
		moveResume:    {Failed: Queued, Cancelled: Queued, Interrupted: Queued},
		moveDelete:    {Queued: "", Finished: "", Failed: "", Cancelled: "", Interrupted: ""},
		movePromote:   {Finished: Finished},
		"fly":         {},
	}
	for m, moves := range allowed {
		for _, from := range States() {
			want, legal := moves[from]
			to, ok := m.next(from)
			if ok != legal || ok && to != want {
				t.Errorf("%s from %s leads to %q, %v; want %q, %v", m, from, to, ok, want, legal)
			}
		}
	}
}

func TestOnlyQueuedAndRunningRunsChangeByThemselves(t *testing.T) {
	for _, s := range States() {
		if want := s != Queued && s != Running; s.Ended() != want {
			t.Errorf("%s.Ended() is %v", s, s.Ended())
		}
	}
}

func TestRefusedMovesSayWhatToDo(t *testing.T) {
	run := func(s State) Run { return Run{ID: "12", State: s, Epoch: 4, Epochs: 30} }
	for _, c := range []struct {
		move move
		run  Run
		want string
	}{
		{moveDelete, run(Running), "delete: run 12 is still training (epoch 4 of 30): cancel it first: ringlab runs cancel 12"},
		{moveCancel, run(Finished), "cancel: run 12 has finished: there is nothing to cancel"},
		{moveResume, run(Finished), "resume: run 12 has finished: there is nothing to resume; train its spec again with ringlab train"},
		{moveResume, run(Running), "resume: run 12 is still training (epoch 4 of 30): watch it: ringlab runs show 12"},
		{moveStart, run(Running), "train: run 12 is still training (epoch 4 of 30): watch it: ringlab runs show 12"},
		{movePromote, run(Running), "promote: run 12 is still training (epoch 4 of 30): wait until it has finished: ringlab runs show 12"},
		{movePromote, run(Interrupted), "promote: run 12 was interrupted (epoch 4 of 30): only a finished run can become a model version; go on with it: ringlab runs resume 12"},
	} {
		if got := (&StateError{Run: c.run, move: c.move}).Error(); got != c.want {
			t.Errorf("%s of a run that is %s:\n got %s\nwant %s", c.move, c.run.State, got, c.want)
		}
	}
}

func TestEveryStateHasAStanding(t *testing.T) {
	for _, s := range States() {
		if text := (Run{ID: "7", State: s}).Standing(); !strings.HasPrefix(text, "run 7 ") || strings.Contains(text, "epoch") {
			t.Errorf("standing of a run that is %s: %q", s, text)
		}
	}
}
