package experiments

import "fmt"

// State is where a run stands.
type State string

const (
	Queued      State = "queued"
	Running     State = "running"
	Finished    State = "finished"
	Failed      State = "failed"
	Cancelled   State = "cancelled"
	Interrupted State = "interrupted" // stopped by its user or worker; can be resumed
)

// States lists all states in the order of a run's life.
func States() []State {
	return []State{Queued, Running, Finished, Failed, Cancelled, Interrupted}
}

// Ended tells whether a run in this state will not change by itself.
func (s State) Ended() bool { return s != Queued && s != Running }

// move is what can happen to a run.
type move string

const (
	moveStart     move = "train"     // a worker leases it
	moveTakeOver  move = "take over" // its worker died, another leases it
	moveFinish    move = "finish"
	moveFail      move = "fail"
	moveInterrupt move = "interrupt"
	moveCancel    move = "cancel"
	moveResume    move = "resume" // it is queued again
	moveDelete    move = "delete"
	movePromote   move = "promote" // or registered
)

// next is the state machine: where a move leads from a state. ok is false
// where the move is not allowed. Deleting leads nowhere: the state is "".
func (m move) next(from State) (to State, ok bool) {
	switch m {
	case moveStart:
		return Running, from == Queued
	case moveTakeOver:
		return Running, from == Running
	case moveFinish:
		return Finished, from == Running
	case moveFail:
		return Failed, from == Running
	case moveInterrupt:
		return Interrupted, from == Running
	case moveCancel:
		return Cancelled, from == Queued || from == Running
	case moveResume:
		return Queued, from == Failed || from == Cancelled || from == Interrupted
	case moveDelete:
		return "", from != Running
	case movePromote:
		return Finished, from == Finished
	}
	return from, false
}

// StateError says that a run's state does not allow what was asked for, and
// what to do instead.
type StateError struct {
	Run  Run
	move move
}

func (e *StateError) Error() string {
	text := fmt.Sprintf("%s: %s", e.move, e.Run.Standing())
	if advice := e.advice(); advice != "" {
		text += ": " + advice
	}
	return text
}

func (e *StateError) advice() string {
	id := e.Run.ID
	switch e.move {
	case moveDelete:
		return "cancel it first: ringlab runs cancel " + id
	case moveCancel:
		return "there is nothing to cancel"
	case moveResume:
		if e.Run.State == Finished {
			return "there is nothing to resume; train its spec again with ringlab train"
		}
		return "watch it: ringlab runs show " + id
	case moveStart, moveTakeOver:
		switch e.Run.State {
		case Running:
			return "watch it: ringlab runs show " + id
		case Finished:
			return "there is nothing to go on with; train its spec again with ringlab train"
		}
	case movePromote:
		if e.Run.Silent {
			return "go on with it: ringlab runs resume " + id
		}
		switch e.Run.State {
		case Queued, Running:
			return "wait until it has finished: ringlab runs show " + id
		case Failed, Cancelled, Interrupted:
			return "only a finished run can become a model version; go on with it: ringlab runs resume " + id
		}
	}
	return ""
}

// Standing is a clause for people that says where the run stands, such as
// "run 12 is still training (epoch 4 of 30)".
func (r Run) Standing() string {
	progress := ""
	if r.Epochs > 0 {
		progress = fmt.Sprintf(" (epoch %d of %d)", r.Epoch, r.Epochs)
	}
	switch r.State {
	case Queued:
		return fmt.Sprintf("run %s is waiting in the queue", r.ID)
	case Running:
		if r.Silent {
			return fmt.Sprintf("run %s was training%s, and its worker does not answer", r.ID, progress)
		}
		return fmt.Sprintf("run %s is still training%s", r.ID, progress)
	case Finished:
		return fmt.Sprintf("run %s has finished", r.ID)
	case Failed:
		return fmt.Sprintf("run %s has failed%s", r.ID, progress)
	case Cancelled:
		return fmt.Sprintf("run %s was cancelled%s", r.ID, progress)
	case Interrupted:
		return fmt.Sprintf("run %s was interrupted%s", r.ID, progress)
	}
	return fmt.Sprintf("run %s is %s", r.ID, r.State)
}
