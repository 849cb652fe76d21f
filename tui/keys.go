package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// action is what a key does. The key table below is the only place where keys
// meet actions: it dispatches, it draws the help and the footer, and it writes
// docs/keys.md.
type action string

const (
	actPage0        action = "show Overview"
	actPage1        action = "show Data"
	actPage2        action = "show Train"
	actPage3        action = "show Runs"
	actPage4        action = "show Models"
	actPage5        action = "show Serving"
	actIngest       action = "read a folder"
	actExample      action = "read the example data"
	actNextPage     action = "next page"
	actPrevPage     action = "previous page"
	actPalette      action = "find an action"
	actSettings     action = "settings"
	actNarrower     action = "narrower side"
	actWider        action = "wider side"
	actHelp         action = "help"
	actErrors       action = "error history"
	actQuit         action = "quit"
	actSuspend      action = "suspend"
	actBack         action = "back"
	actUp           action = "up"
	actDown         action = "down"
	actPageUp       action = "page up"
	actPageDown     action = "page down"
	actFirst        action = "first"
	actLast         action = "last"
	actOpen         action = "open"
	actFilter       action = "filter"
	actLetters      action = "dead letters"
	actRecords      action = "records"
	actSettled      action = "settled letters"
	actRetry        action = "retry"
	actRetryAll     action = "retry all"
	actDiscard      action = "discard"
	actEdit         action = "edit"
	actPrevChoice   action = "previous choice"
	actNextChoice   action = "next choice"
	actDefault      action = "default"
	actStart        action = "start"
	actMark         action = "mark"
	actCompare      action = "compare"
	actCancel       action = "cancel"
	actResume       action = "resume"
	actPromote      action = "promote"
	actNew          action = "new run"
	actPrevTab      action = "previous section"
	actNextTab      action = "next section"
	actRollback     action = "roll back"
	actGates        action = "ask the gates"
	actExportBundle action = "export the bundle"
	actTry          action = "try a picture"
	actOpenRun      action = "open its run"
	actAccept       action = "accept"
	actNextField    action = "accept and go on"
	actAbandon      action = "abandon"
	actYes          action = "confirm"
	actNo           action = "decline"
	actPress        action = "press"
	actNextPart     action = "next part"
	actPrevPart     action = "previous part"
	actClose        action = "close"

	actSweep action = "sweep"
	actKeep  action = "keep as a preset"
	actAgain action = "train again"

	actFind     action = "find"
	actFindNext action = "next hit"
	actFindPrev action = "hit before"
	actFindEnd  action = "end of finding"
	actSearch   action = "search everything"

	actMatrix      action = "confusion matrix"
	actCellLeft    action = "cell to the left"
	actCellRight   action = "cell to the right"
	actOpenCell    action = "pictures of the cell"
	actLeaveMatrix action = "leave the matrix"
	actLeaveCell   action = "back to the matrix"

	actCursorLeft  action = "cursor left"
	actCursorRight action = "cursor right"
	actZoomIn      action = "zoom in"
	actZoomOut     action = "zoom out"
	actTextUp      action = "text up"
	actTextDown    action = "text down"
	actPanLeft     action = "earlier epochs"
	actPanRight    action = "later epochs"
	actWhole       action = "all epochs"
	actLogAxis     action = "logarithmic axis"
	actSmooth      action = "smooth"
	actNextMetric  action = "next metrics"
	actPrevMetric  action = "previous metrics"
	actOverlay     action = "marked runs over it"
	actEpoch       action = "pictures of the epoch"
	actEpochBefore action = "the epoch before"
	actEpochAfter  action = "the epoch after"
	actLeaveEpoch  action = "back to the curves"

	actOtherRun     action = "the other run"
	actRunsLeft     action = "runs before"
	actRunsRight    action = "runs after"
	actMarkAll      action = "mark all"
	actFold         action = "fold seeds"
	actViews        action = "saved views"
	actSaveView     action = "save the view"
	actTag          action = "tag"
	actNote         action = "note"
	actArchive      action = "archive"
	actDelete       action = "delete"
	actUndo         action = "undo"
	actExport       action = "export"
	actAddColumn    action = "add a column"
	actColumns      action = "columns and sorting"
	actToggle       action = "show or hide"
	actSort         action = "sort"
	actMoveUp       action = "move up"
	actMoveDown     action = "move down"
	actWidths       action = "column widths"
	actPrevColumn   action = "previous column"
	actNextColumn   action = "next column"
	actNarrowColumn action = "narrower column"
	actWidenColumn  action = "wider column"
	actOwnWidth     action = "own width"
	actBalance      action = "balance"
	actSnapshots    action = "snapshots"
	actDifference   action = "difference"
	actSameMolecule action = "near duplicates of it"
	actDuplicates   action = "all near duplicates"
	actEditLetter   action = "repair"
	actComplete     action = "complete"
	actExplain      action = "explain"
	actNextOption   action = "next completion"
	actPrevOption   action = "previous completion"
)

// pageActions are the actions that show a page, by its number.
func pageActions() []action {
	return []action{actPage0, actPage1, actPage2, actPage3, actPage4, actPage5}
}

// keyContext is a place where keys have a meaning of their own.
type keyContext string

const (
	inAlways     keyContext = "always"
	inOverview   keyContext = "overview"
	inGlobal     keyContext = "everywhere"
	inList       keyContext = "lists"
	inRecords    keyContext = "records"
	inRecord     keyContext = "record"
	inLetters    keyContext = "dead letters"
	inTrain      keyContext = "train"
	inRuns       keyContext = "runs"
	inRun        keyContext = "run"
	inCurves     keyContext = "curves"
	inEpochs     keyContext = "curves of epochs"
	inEpoch      keyContext = "pictures of an epoch"
	inEvaluation keyContext = "evaluation"
	inMatrix     keyContext = "confusion matrix"
	inMistakes   keyContext = "mistakes"
	inCell       keyContext = "cell of the matrix"
	inCharts     keyContext = "charts"
	inCompare    keyContext = "comparison"
	inSummary    keyContext = "summary of a comparison"
	inOverlaid   keyContext = "curves of a comparison"

	inDisagreements keyContext = "disagreements"

	inModels   keyContext = "models"
	inServing  keyContext = "serving"
	inField    keyContext = "text field"
	inDialog   keyContext = "dialog"
	inPalette  keyContext = "palette"
	inSettings keyContext = "settings"
	inOverlay  keyContext = "help and error history"

	inText      keyContext = "log and parameters"
	inConfusion keyContext = "confusion of a comparison"
	inFind      keyContext = "find"
	inFound     keyContext = "found"

	inFilter    keyContext = "filter"
	inColumns   keyContext = "columns"
	inWidths    keyContext = "column widths"
	inViews     keyContext = "views"
	inSnapshots keyContext = "snapshots"
)

// typing: letters are letters there.
func (c keyContext) typing() bool { return c == inField || c == inFilter || c == inFind }

// place describes a context: a title for people, the contexts whose keys also
// work there, after its own, and the page that it is on, with first if one
// comes to it by going to the page.
type place struct {
	context keyContext
	title   string
	under   []keyContext
	page    int
	first   bool
}

const noPage = -1

// places in the order of the manual.
func places() []place {
	list := []keyContext{inList, inGlobal, inAlways}
	return []place{
		{inAlways, "Always", nil, noPage, false},
		{inGlobal, "Everywhere, except in a text field or a dialog", nil, noPage, false},
		{inList, "Lists", nil, noPage, false},
		{inOverview, "Overview", list, pageOverview, true},
		{inRecords, "Data: records", list, pageData, true},
		{inRecord, "Data: one record", list, pageData, false},
		{inSnapshots, "Data: snapshots", list, pageData, false},
		{inLetters, "Data: dead letters", list, pageData, false},
		{inTrain, "Train", list, pageTrain, true},
		{inRuns, "Runs", list, pageRuns, true},
		{inRun, "Runs: one run", list, pageRuns, false},
		{inCharts, "Runs: curves", nil, pageRuns, false},
		{inCurves, "Runs: curves of a run", append([]keyContext{inCharts, inRun}, list...), pageRuns, false},
		{inEpochs, "Runs: curves of a run that learns in epochs", append([]keyContext{inCurves, inCharts, inRun}, list...), pageRuns, false},
		{inEpoch, "Runs: pictures of an epoch", append([]keyContext{inCharts}, list...), pageRuns, false},
		{inEvaluation, "Runs: evaluation of a run", append([]keyContext{inRun}, list...), pageRuns, false},
		{inText, "Runs: log and parameters of a run", append([]keyContext{inRun}, list...), pageRuns, false},
		{inMatrix, "Runs: confusion matrix", list, pageRuns, false},
		{inMistakes, "Runs: mistakes of a run, answers of a cell", append([]keyContext{inRun}, list...), pageRuns, false},
		{inCell, "Runs: answers of a cell", append([]keyContext{inMistakes}, list...), pageRuns, false},
		{inCompare, "Runs: comparison", list, pageRuns, false},
		{inSummary, "Runs: summary of a comparison", append([]keyContext{inCompare}, list...), pageRuns, false},
		{inOverlaid, "Runs: curves of a comparison", append([]keyContext{inCharts, inCompare}, list...), pageRuns, false},
		{inConfusion, "Runs: confusion of a comparison", append([]keyContext{inCompare}, list...), pageRuns, false},
		{inDisagreements, "Runs: disagreements of a comparison", append([]keyContext{inCompare}, list...), pageRuns, false},
		{inModels, "Models", list, pageModels, true},
		{inServing, "Serving", list, pageServing, true},
		{inFilter, "Filter", []keyContext{inAlways}, noPage, false},
		{inFind, "Finding in a text: what to find", []keyContext{inAlways}, noPage, false},
		{inFound, "Finding in a text: from hit to hit; all keys of the screen work, too", nil, noPage, false},
		{inViews, "Runs: saved views", []keyContext{inList, inAlways}, noPage, false},
		{inColumns, "Columns and sorting", []keyContext{inList, inAlways}, noPage, false},
		{inWidths, "Widths of columns", []keyContext{inList, inAlways}, noPage, false},
		{inField, "Text field", []keyContext{inAlways}, noPage, false},
		{inDialog, "Dialog", []keyContext{inAlways}, noPage, false},
		{inPalette, "Command palette", []keyContext{inAlways}, noPage, false},
		{inSettings, "Settings", []keyContext{inAlways}, noPage, false},
		{inOverlay, "Help and error history", []keyContext{inList, inAlways}, noPage, false},
	}
}

// binding is one row of the key table. short is the word in the footer, empty
// for what only the help tells.
type binding struct {
	context keyContext
	action  action
	key     key.Binding
	short   string
}

// keyTable is the whole key map. In one context, and in the contexts under it,
// a key stands once (a test holds this).
func keyTable() []binding {
	row := func(c keyContext, a action, short, label, help string, keys ...string) binding {
		return binding{c, a, key.NewBinding(key.WithKeys(keys...), key.WithHelp(label, help)), short}
	}
	return []binding{
		row(inAlways, actQuit, "", "ctrl+c", "leave the workbench", "ctrl+c"),
		row(inAlways, actSuspend, "", "ctrl+z", "suspend; fg in the shell comes back", "ctrl+z"),

		row(inGlobal, actPage0, "", "0", "show Overview", "0"),
		row(inGlobal, actPage1, "", "1", "show Data", "1"),
		row(inGlobal, actPage2, "", "2", "show Train", "2"),
		row(inGlobal, actPage3, "", "3", "show Runs", "3"),
		row(inGlobal, actPage4, "", "4", "show Models", "4"),
		row(inGlobal, actPage5, "", "5", "show Serving", "5"),
		row(inGlobal, actNextPage, "", "tab", "next page", "tab"),
		row(inGlobal, actPrevPage, "", "shift+tab", "previous page", "shift+tab"),
		row(inGlobal, actPalette, "", ": ctrl+p", "find any action by name, and do it", ":", "ctrl+p"),
		row(inGlobal, actSearch, "", "ctrl+f", "search everything: runs, model versions, records, dead letters", "ctrl+f"),
		row(inGlobal, actSettings, "", "ctrl+o", "settings: theme, pictures, mouse", "ctrl+o"),
		row(inGlobal, actNarrower, "", "<", "make the pane on the right narrower", "<"),
		row(inGlobal, actWider, "", ">", "make the pane on the right wider", ">"),
		row(inGlobal, actWidths, "", "|", "make columns of the table narrower or wider", "|"),
		row(inGlobal, actHelp, "help", "?", "all keys of this screen", "?"),
		row(inGlobal, actErrors, "", "!", "what went wrong so far", "!"),
		row(inGlobal, actQuit, "quit", "q", "leave the workbench", "q"),

		row(inList, actUp, "", "↑ k", "up", "up", "k"),
		row(inList, actDown, "", "↓ j", "down", "down", "j"),
		row(inList, actPageUp, "", "pgup ctrl+u", "a screen up", "pgup", "ctrl+u"),
		row(inList, actPageDown, "", "pgdn ctrl+d", "a screen down", "pgdown", "ctrl+d"),
		row(inList, actFirst, "", "home g", "first", "home", "g"),
		row(inList, actLast, "", "end G", "last", "end", "G"),

		row(inOverview, actOpen, "do it", "enter", "do what is suggested", "enter"),
		row(inOverview, actSearch, "search", "/", "search everything: runs, model versions, records, dead letters", "/"),
		row(inOverview, actIngest, "read a folder", "i", "read a folder of records and pictures into the workspace", "i"),
		row(inOverview, actExample, "example data", "e", "read the built-in example data into an empty workspace", "e"),

		row(inRecords, actOpen, "open", "enter", "open the record, with a larger picture", "enter"),
		row(inRecords, actFilter, "filter", "/", "filter, such as rings>=3 and predicted!=rings", "/"),
		row(inRecords, actColumns, "columns", "s", "choose columns, and sort by them", "s"),
		row(inRecords, actLetters, "dead letters", "d", "show what ingest refused", "d"),
		row(inRecords, actSnapshots, "snapshots", "S", "show the snapshots, and what differs between them", "S"),
		row(inRecords, actBalance, "balance", "b", "draw how many records of each label are selected", "b"),
		row(inRecords, actSameMolecule, "", "m", "show the near duplicates of this record", "m"),
		row(inRecords, actDuplicates, "", "M", "show all records that have near duplicates", "M"),
		row(inRecords, actBack, "", "esc", "clear the filter", "esc"),
		row(inRecord, actTextUp, "", "[", "earlier lines of the text on the right", "["),
		row(inRecord, actTextDown, "", "]", "later lines of the text on the right", "]"),
		row(inRecord, actFind, "find", "/", "find in the text on the right", "/"),
		row(inRecord, actBack, "back", "esc", "back to the records", "esc", "backspace"),
		row(inRecord, actSameMolecule, "near duplicates", "m", "show the near duplicates of this record", "m"),

		row(inSnapshots, actOpen, "records", "enter", "show the records of the snapshot", "enter"),
		row(inSnapshots, actDifference, "difference", "d", "show the records that make the difference", "d"),
		row(inSnapshots, actMark, "compare", "space", "compare others with this one, or with the one before", "space"),
		row(inSnapshots, actFilter, "filter", "/", "filter, such as added>100 or created>=-7d", "/"),
		row(inSnapshots, actBack, "back", "esc", "clear the filter, or go back to the records", "esc", "backspace"),

		row(inLetters, actRetry, "retry", "t", "try this letter again, after its cause was repaired", "t"),
		row(inLetters, actRetryAll, "retry all", "T", "try all waiting letters again", "T"),
		row(inLetters, actDiscard, "discard", "x", "discard this letter, with a reason", "x"),
		row(inLetters, actEditLetter, "repair", "e", "open the record in $EDITOR, and ingest what you make of it", "e"),
		row(inLetters, actFilter, "filter", "/", "filter, such as code~^image and seen>1", "/"),
		row(inLetters, actSettled, "settled", "a", "show settled letters too, or only waiting ones", "a"),
		row(inLetters, actRecords, "records", "d", "back to the records", "d"),
		row(inLetters, actTextUp, "", "[", "earlier lines of the text on the right", "["),
		row(inLetters, actTextDown, "", "]", "later lines of the text on the right", "]"),
		row(inLetters, actBack, "", "esc", "clear the filter, or go back to the records", "esc"),

		row(inTrain, actEdit, "edit", "enter", "edit the field, take the next choice, or press the button", "enter", "space"),
		row(inTrain, actPrevChoice, "", "← h", "previous choice", "left", "h"),
		row(inTrain, actNextChoice, "choice", "→ l", "next choice", "right", "l"),
		row(inTrain, actDefault, "default", "u", "put the default back", "u"),
		row(inTrain, actSweep, "sweep", "m", "take several values, A,B,C, or a range, LOW..HIGH", "m"),
		row(inTrain, actFind, "find", "/", "find a field", "/"),
		row(inTrain, actKeep, "keep", "W", "keep the parameters by name, as a preset", "W"),
		row(inTrain, actStart, "start", "s", "start the training", "s"),

		row(inRuns, actOpen, "open", "enter", "open the run", "enter"),
		row(inRuns, actMark, "mark", "space", "mark or unmark for a comparison", "space"),
		row(inRuns, actCompare, "compare", "C", "compare the marked runs", "C"),
		row(inRuns, actFilter, "filter", "/", "filter, such as accuracy>0.9 and param.trees>=100", "/"),
		row(inRuns, actColumns, "columns", "s", "choose columns, and sort by several", "s"),
		row(inRuns, actFold, "fold seeds", "z", "make seeds of one spec one row, with mean and spread; enter opens it", "z"),
		row(inRuns, actViews, "views", "V", "saved views: filter, columns, order and folding by name", "V"),
		row(inRuns, actNew, "new", "n", "train another", "n"),
		row(inRuns, actCancel, "", "c", "cancel the run", "c"),
		row(inRuns, actResume, "", "R", "resume the run where it stopped", "R"),
		row(inRuns, actPromote, "promote", "P", "put the run's model into production", "P"),
		row(inRuns, actAgain, "", "N", "train another with this run's parameters", "N"),
		row(inRuns, actMarkAll, "", "*", "mark all that are listed, or none", "*"),
		row(inRuns, actTag, "", "t", "tag the marked runs, or this one", "t"),
		row(inRuns, actNote, "", "i", "write a note on the run", "i"),
		row(inRuns, actArchive, "", "a", "put the marked runs away, or this one; or take it back", "a"),
		row(inRuns, actDelete, "", "x", "delete the marked runs, or this one; u takes it back", "x"),
		row(inRuns, actUndo, "", "u", "keep what was to be deleted", "u"),
		row(inRuns, actExport, "", "E", "write the list as CSV or Markdown, or curves as PNG or SVG", "E"),
		row(inRuns, actBack, "", "esc", "unmark all, or clear the filter", "esc"),

		row(inRun, actPrevTab, "", "← h", "previous section", "left", "h"),
		row(inRun, actNextTab, "section", "→ l", "next section", "right", "l"),
		row(inRun, actCancel, "cancel", "c", "cancel the run", "c"),
		row(inRun, actResume, "resume", "R", "resume the run where it stopped", "R"),
		row(inRun, actPromote, "promote", "P", "put the run's model into production", "P"),
		row(inRun, actAgain, "", "N", "train another with this run's parameters", "N"),
		row(inRun, actBack, "back", "esc", "back to the runs", "esc", "backspace"),

		row(inCharts, actCursorLeft, "", ",", "read the values at an earlier epoch", ","),
		row(inCharts, actCursorRight, "", ".", "read the values at a later epoch", "."),
		row(inCharts, actZoomIn, "zoom", "+", "half as many epochs, around the cursor", "+"),
		row(inCharts, actZoomOut, "", "-", "twice as many epochs", "-"),
		row(inCharts, actPanLeft, "", "[", "earlier epochs", "["),
		row(inCharts, actPanRight, "", "]", "later epochs", "]"),
		row(inCharts, actWhole, "", "w", "all epochs, no cursor", "w"),
		row(inCharts, actLogAxis, "", "y", "logarithmic or linear axis", "y"),
		row(inCharts, actSmooth, "", "s", "smooth the lines: not, little, more, much", "s"),
		row(inCharts, actNextMetric, "", "m", "the next metrics of the run", "m"),
		row(inCharts, actPrevMetric, "", "M", "the metrics before", "M"),
		row(inCurves, actFind, "find", "/", "find a metric", "/"),
		row(inOverlaid, actFind, "find", "/", "find a metric", "/"),
		row(inCurves, actOverlay, "", "v", "draw the marked runs over it", "v"),

		row(inEpochs, actEpoch, "pictures", "enter", "show the validation pictures that were wrong after the epoch at the cursor, and what changed since the one before", "enter"),
		row(inEpoch, actEpochBefore, "epoch before", "← h", "the epoch before", "left", "h"),
		row(inEpoch, actEpochAfter, "after", "→ l", "the epoch after; the last one follows a training", "right", "l"),
		row(inEpoch, actFilter, "filter", "/", "filter, such as truth=4 and change:newly", "/"),
		row(inEpoch, actLeaveEpoch, "back", "esc", "clear the filter, or go back to the curves alone", "esc", "backspace", "enter"),

		row(inText, actFind, "find", "/", "find in the text", "/"),
		row(inEvaluation, actMatrix, "matrix", "enter", "move in the confusion matrix", "enter"),
		row(inEvaluation, actFind, "find", "/", "find in the text", "/"),
		row(inMatrix, actCellLeft, "", "← h", "the cell to the left", "left", "h"),
		row(inMatrix, actCellRight, "cell", "→ l", "the cell to the right", "right", "l"),
		row(inMatrix, actOpenCell, "its pictures", "enter", "show the pictures of the cell", "enter"),
		row(inMatrix, actFind, "", "/", "find in the text", "/"),
		row(inMatrix, actLeaveMatrix, "back", "esc", "back to the run", "esc", "backspace"),
		row(inMistakes, actExplain, "explain", "e", "draw what the model answered from: what trees counted, then where a network looked", "e"),
		row(inMistakes, actFilter, "filter", "/", "filter, such as truth>=4 and sure>90%", "/"),
		row(inCell, actLeaveCell, "back", "esc", "clear the filter, or go back to the matrix", "esc", "backspace"),

		row(inCompare, actPrevTab, "", "← h", "previous section", "left", "h"),
		row(inCompare, actNextTab, "section", "→ l", "next section: summary, curves, confusion, disagreements with pictures", "right", "l"),
		row(inCompare, actOtherRun, "other run", "o", "pair the first run with another one; with curves, draw others over it", "o"),
		row(inCompare, actExport, "export", "E", "write the comparison as Markdown or CSV, or the curves as PNG or SVG", "E"),
		row(inCompare, actBack, "back", "esc", "back to the runs", "esc", "backspace"),

		row(inSummary, actRunsLeft, "", "[", "show the runs before", "["),
		row(inSummary, actRunsRight, "", "]", "show the runs after, where they do not fit", "]"),

		row(inSummary, actFind, "find", "/", "find in the text", "/"),
		row(inConfusion, actFind, "find", "/", "find in the text", "/"),
		row(inDisagreements, actFilter, "filter", "/", "filter, such as first=truth and second_sure>90%", "/"),

		row(inModels, actOpenRun, "open run", "enter", "open the run that made this version", "enter"),
		row(inModels, actPromote, "promote", "P", "put this version into production", "P"),
		row(inModels, actGates, "gates", "c", "ask the gates of this version now; changes nothing", "c"),
		row(inModels, actExportBundle, "export", "x", "copy the bundle into a folder", "x"),
		row(inModels, actRollback, "roll back", "B", "put the version before into production again", "B"),
		row(inModels, actFilter, "filter", "/", "filter, such as accuracy>=95% and not alias=production", "/"),
		row(inModels, actBack, "", "esc", "clear the filter", "esc"),

		row(inServing, actTry, "try a picture", "t", "let the model in production count the rings of a picture file", "t"),
		row(inServing, actFilter, "filter", "/", "filter, such as errors>0 or not version=v3", "/"),
		row(inServing, actBack, "", "esc", "clear the filter", "esc"),

		row(inField, actAccept, "accept", "enter", "accept", "enter"),
		row(inField, actNextField, "next", "tab", "accept and edit the next field", "tab"),
		row(inField, actAbandon, "abandon", "esc", "put the old text back", "esc"),

		row(inFilter, actAccept, "apply", "enter", "apply the filter", "enter"),
		row(inFilter, actComplete, "complete", "tab", "complete the word, as offered", "tab"),
		row(inFilter, actNextOption, "other", "↓", "offer the next completion", "down", "ctrl+n"),
		row(inFilter, actPrevOption, "", "↑", "offer the completion before", "up"),
		row(inFilter, actAbandon, "abandon", "esc", "put the old filter back", "esc"),

		row(inFind, actAccept, "keep", "enter", "keep what was found, and go from hit to hit", "enter"),
		row(inFind, actFindNext, "next", "↓", "the next line that has it", "down", "ctrl+n"),
		row(inFind, actFindPrev, "before", "↑", "the line before that has it", "up"),
		row(inFind, actFindEnd, "end", "esc", "end the search", "esc"),
		row(inFound, actFindNext, "next", "n", "the next line that has it", "n"),
		row(inFound, actFindPrev, "before", "N", "the line before that has it", "N"),
		row(inFound, actFind, "find", "/", "find something else", "/"),
		row(inFound, actFindEnd, "end", "esc", "end the search", "esc"),

		row(inColumns, actToggle, "show/hide", "space", "show or hide the column", "space"),
		row(inColumns, actSort, "sort", "s", "sort by it: downwards, upwards, not; several keys in the order chosen", "s", "enter"),
		row(inColumns, actMoveUp, "move", "K", "move the column up, which is to the left", "K"),
		row(inColumns, actMoveDown, "", "J", "move the column down, which is to the right", "J"),
		row(inColumns, actNarrowColumn, "width", "<", "make the column narrower", "<"),
		row(inColumns, actWidenColumn, "", ">", "make the column wider", ">"),
		row(inColumns, actOwnWidth, "", "=", "give the column its own width again", "="),
		row(inColumns, actAddColumn, "add", "a", "add a column of any field, such as metric.val_loss", "a"),
		row(inColumns, actDefault, "as before", "u", "put columns, their widths and order back as they were at first", "u"),
		row(inColumns, actBack, "done", "esc", "done", "esc", "q"),
		row(inColumns, actFind, "find", "/", "find a column", "/"),

		row(inWidths, actPrevColumn, "", "← h", "the column to the left", "left", "h"),
		row(inWidths, actNextColumn, "column", "→ l", "the column to the right", "right", "l"),
		row(inWidths, actNarrowColumn, "narrower", "<", "make the column narrower", "<"),
		row(inWidths, actWidenColumn, "wider", ">", "make the column wider", ">"),
		row(inWidths, actOwnWidth, "own width", "=", "give the column its own width again", "="),
		row(inWidths, actBack, "done", "esc", "done", "esc", "enter", "q", "|"),

		row(inViews, actOpen, "show", "enter", "arrange the runs as the view says", "enter"),
		row(inViews, actSaveView, "save as", "s", "save filter, columns, order and folding under a name", "s"),
		row(inViews, actDelete, "delete", "x", "delete the view", "x"),
		row(inViews, actFind, "find", "/", "find a view", "/"),
		row(inViews, actBack, "close", "esc", "close", "esc", "q"),

		row(inDialog, actYes, "confirm", "y", "do it", "y"),
		row(inDialog, actNo, "close", "esc n", "do nothing", "esc", "n"),
		row(inDialog, actPress, "press", "enter", "press the button, or leave the text", "enter"),
		row(inDialog, actNextPart, "next", "tab →", "next button or text", "tab", "right", "down"),
		row(inDialog, actPrevPart, "", "shift+tab ←", "previous button or text", "shift+tab", "left", "up"),

		row(inPalette, actAccept, "do it", "enter", "do the action", "enter"),
		row(inPalette, actUp, "", "↑ ctrl+k", "the one before", "up", "ctrl+k", "shift+tab"),
		row(inPalette, actDown, "choose", "↓ ctrl+j", "the next one", "down", "ctrl+j", "tab"),
		row(inPalette, actClose, "close", "esc", "close", "esc", "ctrl+p"),

		row(inSettings, actUp, "", "↑ k", "up", "up", "k"),
		row(inSettings, actDown, "", "↓ j", "down", "down", "j"),
		row(inSettings, actPrevChoice, "", "← h", "previous choice", "left", "h"),
		row(inSettings, actNextChoice, "change", "→ l", "next choice", "right", "l", "enter", "space"),
		row(inSettings, actFind, "find", "/", "find a setting", "/"),
		row(inSettings, actClose, "close", "esc", "close", "esc", "ctrl+o", "q"),

		row(inOverlay, actFind, "find", "/", "find in the text", "/"),
		row(inOverlay, actClose, "close", "esc", "close", "esc", "?", "!", "q", "enter"),
	}
}

// keyMap is the table, indexed. It never changes after it was made.
type keyMap struct {
	rows  map[keyContext][]binding
	under map[keyContext][]keyContext
}

func newKeyMap() keyMap { return indexed(keyTable()) }

func indexed(table []binding) keyMap {
	m := keyMap{rows: map[keyContext][]binding{}, under: map[keyContext][]keyContext{}}
	for _, b := range table {
		m.rows[b.context] = append(m.rows[b.context], b)
	}
	for _, p := range places() {
		m.under[p.context] = p.under
	}
	return m
}

// bindings lists what works in a context, its own first.
func (m keyMap) bindings(c keyContext) []binding {
	all := append([]binding(nil), m.rows[c]...)
	for _, under := range m.under[c] {
		all = append(all, m.rows[under]...)
	}
	return all
}

// action finds what a key means in a context.
func (m keyMap) action(c keyContext, k tea.KeyPressMsg) (action, bool) {
	for _, b := range m.rows[c] {
		if key.Matches(k, b.key) {
			return b.action, true
		}
	}
	for _, under := range m.under[c] {
		if a, ok := m.action(under, k); ok {
			return a, true
		}
	}
	return "", false
}
