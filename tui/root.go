package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"ringlab/experiments"
)

const (
	leastWidth, leastHeight = 60, 18
	// ensureEvery is how often runs that nobody works on get a worker. A worker
	// that died is noticed after ten seconds.
	ensureEvery  = 10 * time.Second
	chromeHeight = 4 // tabs, rule, messages, footer
	margin       = 1 // columns left and right of a page
)

// Numbers of the pages in the tab line.
const (
	pageOverview = iota
	pageData
	pageTrain
	pageRuns
	pageModels
	pageServing
	pageCount
)

// openRunMsg goes to the Runs page and opens a run.
type openRunMsg struct{ id string }

// newRunMsg goes to the Train page, with the parameters of a run if there is one.
type newRunMsg struct{ like *experiments.Run }

// openLettersMsg goes to the Data page's dead letters.
type openLettersMsg struct{}

// showPageMsg goes to a page.
type showPageMsg struct{ page int }

// repaintMsg: the theme changed.
type repaintMsg struct{}

// overlay covers the page with text of the root: help or the error history.
type overlay struct {
	kind action // actHelp, actErrors; "" when closed
	top  int
}

// mostEarly is how many keys are kept until there is a frame to type at.
const mostEarly = 100

// root owns size, session, the active page, message line, overlays and
// dialogs. Everything else is the page's.
type root struct {
	shell         *shell
	keys          keyMap
	pages         [pageCount]page
	names         [pageCount]string
	active        int
	width, height int
	dark          bool
	profile       colorprofile.Profile
	overlay       overlay
	ensured       time.Time // when a worker was last asked for
	ensureRequest int       // 0 when none is being asked for
	watcher       watcher
	refreshed     time.Time // when the page on screen was last asked to look
	gone          bool      // the workspace was deleted
	palette       *palette  // nil when closed
	settings      *settings // nil when closed
	find          *finder   // nil when nothing is sought; finding tells whether it still holds
	graphics      graphics
	suspended     bool              // between ctrl+z and fg
	dragging      bool              // the border between two panes
	grip          grip              // the border of a column that is dragged, if one is
	touched       bool              // a key was pressed: what was kept comes too late
	early         []tea.KeyPressMsg // typed before the terminal told its size
	keep          keeping
}

func newRoot(ctx context.Context, s Session) *root {
	shell := newShell(ctx, s)
	keys, err := remapped(keyTable(), s.Settings.Keys)
	if err != nil {
		keys = newKeyMap()
		shell.fail(failedMsg{doing: "use the keys of the configuration", err: err})
	}
	return &root{
		shell:   shell,
		keys:    keys,
		pages:   [pageCount]page{newOverviewPage(shell), newDataPage(shell), newTrainPage(shell), newRunsPage(shell), newModelsPage(shell), newServingPage(shell)},
		names:   [pageCount]string{"Overview", "Data", "Train", "Runs", "Models", "Serving"},
		dark:    true,
		profile: colorprofile.TrueColor,
	}
}

func (r *root) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, r.askGraphics(), r.choosePictures(), r.watch(), r.loadState(), r.refresh(), r.ensureWorker())
}

// ensureWorker sees to it, every now and then, that somebody works on what waits.
func (r *root) ensureWorker() tea.Cmd {
	if r.ensureRequest != 0 || r.idle() || r.shell.now.Sub(r.ensured) < ensureEvery {
		return nil
	}
	r.ensured = r.shell.now
	var cmd tea.Cmd
	r.ensureRequest, cmd = r.shell.ask(ensureWorker(r.shell.session.Experiments, r.shell.session.Executable))
	return cmd
}

func (r *root) page() page { return r.pages[r.active] }

// idle: there is no workspace to ask, not yet or no more.
func (r *root) idle() bool { return r.gone || r.shell.homeless() }

// refresh lets the page on screen look again.
func (r *root) refresh() tea.Cmd {
	if r.idle() {
		return nil
	}
	r.refreshed = r.shell.now
	return r.page().Refresh()
}

// ensureWorkerNow is for a run that was just queued. While a worker is being
// started already, it is looked again right after.
func (r *root) ensureWorkerNow() tea.Cmd {
	r.ensured = time.Time{}
	return r.ensureWorker()
}

func (r *root) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		return r, r.resize(msg.Width, msg.Height)
	case tea.BackgroundColorMsg:
		r.dark = msg.IsDark()
		return r, r.repaint()
	case tea.ColorProfileMsg:
		r.profile, r.shell.profile = msg.Profile, msg.Profile
		return r, r.repaint()
	case tea.KeyPressMsg:
		return r, r.press(msg)
	case tea.PasteMsg:
		return r, r.paste(msg)
	case tea.MouseMsg:
		return r, r.mouse(msg)
	case refreshMsg:
		return r, r.tick(msg)
	case tea.ResumeMsg:
		r.suspended = false
	}
	if r.graphics.hear(msg) {
		return r, r.choosePictures()
	}
	return r, r.hear(msg)
}

// hear takes facts: what concerns all is handled here, then every page sees
// them and picks its own by their numbers.
func (r *root) hear(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	switch msg := msg.(type) {
	case workerEnsuredMsg:
		r.ensureRequest = 0
	case failedMsg:
		if msg.request == r.ensureRequest {
			r.ensureRequest = 0
		}
		if msg.request == r.keep.request {
			r.keep.request = 0
		}
		r.shell.settle(msg.request)
		r.shell.fail(msg)
		if d := r.shell.dialog; d != nil && d.waiting && d.request == msg.request {
			r.shell.dialog = nil
		}
	case gatesLoadedMsg:
		if d := r.shell.dialog; d != nil && d.waiting && d.request == msg.request {
			d.answer(d, msg)
		}
	case runChangedMsg:
		r.shell.say("%s", clean(msg.what))
		cmds = append(cmds, r.refresh(), r.ensureWorkerNow())
	case promotedMsg:
		r.shell.say("%s", clean(promotionSentence(msg.promotion)))
		cmds = append(cmds, r.refresh())
	case promotionRefusedMsg:
		r.shell.fail(failedMsg{doing: "promote", err: fmt.Errorf("a gate refuses now; press P to see which")})
	case runsSubmittedMsg:
		r.shell.say("%s", queuedSentence(msg.runs))
		cmds = append(cmds, r.show(pageRuns), r.ensureWorkerNow())
	case openRunMsg:
		cmds = append(cmds, r.show(pageRuns))
	case newRunMsg:
		cmds = append(cmds, r.show(pageTrain))
	case openLettersMsg:
		cmds = append(cmds, r.show(pageData))
	case filterMsg:
		cmds = append(cmds, r.show(msg.page))
	case searchedMsg:
		if r.palette != nil && r.palette.request == msg.request {
			r.palette.take(msg, r.shell.now)
		}
	case showPageMsg:
		cmds = append(cmds, r.show(msg.page))
	case begunMsg:
		r.shell.settle(msg.request)
		r.shell.session.Stores = msg.stores
		if msg.plan.any() {
			cmds = append(cmds, r.shell.ingest(msg.plan))
		}
		cmds = append(cmds, r.loadState(), r.refresh(), r.ensureWorkerNow())
	case stateLoadedMsg:
		cmds = append(cmds, r.restore(msg))
	case stateSavedMsg:
		r.keep.request = 0
	case settingSavedMsg:
		r.shell.say("%s", clean(msg.what))
	case fileThereMsg:
		if r.shell.dialog != nil { // the person is at something else by now
			r.shell.fail(failedMsg{doing: "export", err: fmt.Errorf("%s is there already", clean(msg.file))})
		} else {
			r.shell.askReplace(msg)
		}
	case ingestedMsg:
		r.shell.settle(msg.request)
		r.shell.say("%s", msg.sentence())
		cmds = append(cmds, r.refresh())
	}
	for _, p := range r.pages {
		cmds = append(cmds, p.Update(msg))
	}
	return tea.Batch(cmds...)
}

func (r *root) resize(width, height int) tea.Cmd {
	r.width, r.height = width, height
	cmds := make([]tea.Cmd, 0, len(r.pages)+len(r.early))
	w, h := r.pageSize()
	for _, p := range r.pages {
		cmds = append(cmds, p.Resize(w, h))
	}
	early := r.early
	r.early = nil
	for _, k := range early {
		cmds = append(cmds, r.press(k))
	}
	return tea.Batch(cmds...)
}

func (r *root) pageSize() (width, height int) {
	return max(r.width-2*margin, leastWidth-2*margin), max(r.height-chromeHeight, leastHeight-chromeHeight)
}

func (r *root) repaint() tea.Cmd {
	r.shell.theme = newTheme(r.shell.session.Settings.Theme, r.dark, r.profile)
	return r.hear(repaintMsg{})
}

func (r *root) show(n int) tea.Cmd {
	if n != pageOverview && r.shell.homeless() {
		r.shell.say("There is no workspace yet. i reads a folder of pictures, e the example data.")
		n = pageOverview
	}
	r.active = n
	return r.refresh()
}

// context is where the next key belongs: to what is nearest to the person.
func (r *root) context() keyContext {
	if f := r.finding(); f != nil && f.typing {
		return inFind
	}
	switch {
	case r.palette != nil:
		return inPalette
	case r.settings != nil:
		return inSettings
	case r.overlay.kind != "":
		return inOverlay
	case r.shell.dialog != nil:
		return r.shell.dialog.context()
	case r.page().Typing():
		if r.page().Context() == inFilter {
			return inFilter
		}
		return inField
	case r.sizing():
		return inWidths
	}
	return r.page().Context()
}

func (r *root) press(k tea.KeyPressMsg) tea.Cmd {
	a, known := r.keys.action(r.context(), k)
	if !known && k.Mod.Contains(tea.ModAlt) && !r.context().typing() {
		// esc and the next key, when they arrive together, read as alt and the key.
		return tea.Batch(r.press(tea.KeyPressMsg{Code: tea.KeyEscape}), r.press(withoutAlt(k)))
	}
	if a == actQuit {
		return r.leave()
	}
	if a == actSuspend {
		return r.suspend()
	}
	if r.width == 0 && len(r.early) < mostEarly {
		r.early = append(r.early, k)
		return nil
	}
	if r.tooSmall() { // nobody sees what a key would do
		return nil
	}
	r.touched = true
	if cmd, done := r.pressFind(k); done {
		return cmd
	}
	switch {
	case r.palette != nil:
		return r.pressPalette(a, known, k)
	case r.settings != nil:
		if a == actFind {
			return r.beginFind()
		}
		return r.pressSettings(a)
	case r.overlay.kind != "":
		if a == actFind {
			return r.beginFind()
		}
		r.scrollOverlay(a)
		return nil
	case r.shell.dialog != nil:
		return r.pressDialog(a, known, k)
	case r.page().Typing() && !known:
		return r.page().Update(k)
	case !known:
		return nil
	}
	return r.act(a)
}

// act does what a key of the screen, or a line of the palette, stands for.
func (r *root) act(a action) tea.Cmd {
	if (a == actWidths || r.sizing()) && r.actWidths(a) {
		return nil
	}
	switch a {
	case actPage0, actPage1, actPage2, actPage3, actPage4, actPage5:
		return r.show(slices.Index(pageActions(), a))
	case actNextPage:
		return r.show((r.active + 1) % len(r.pages))
	case actPrevPage:
		return r.show((r.active + len(r.pages) - 1) % len(r.pages))
	case actHelp, actErrors:
		r.overlay = overlay{kind: a}
		return nil
	case actPalette:
		r.openPalette()
		return nil
	case actSettings:
		r.settings = newSettings(r.shell.session.Settings)
		return nil
	case actNarrower:
		return r.moveBorder(-borderStep)
	case actWider:
		return r.moveBorder(borderStep)
	case actQuit:
		return r.leave()
	case actSuspend:
		return r.suspend()
	case actFind:
		return r.beginFind()
	case actSearch:
		return r.searchAll()
	}
	if why := r.page().Why(a); why != "" {
		if a == actFilter { // there is no table: what is looked for may be elsewhere
			return r.searchAll()
		}
		r.shell.say("Cannot %s: %s.", a, clean(why))
		return nil
	}
	return r.page().Act(a)
}

func (r *root) pressPalette(a action, known bool, k tea.KeyPressMsg) tea.Cmd {
	if !known {
		r.palette.typed(k)
		return nil
	}
	done, chosen := r.palette.act(a)
	if done {
		r.palette = nil
	}
	if chosen == nil {
		return nil
	}
	return r.do(*chosen)
}

func withoutAlt(k tea.KeyPressMsg) tea.KeyPressMsg {
	k.Mod &^= tea.ModAlt
	if k.Text == "" && unicode.IsPrint(k.Code) && k.Mod&^tea.ModShift == 0 {
		k.Text = string(k.Code)
		if k.Mod.Contains(tea.ModShift) {
			k.Text = strings.ToUpper(k.Text)
		}
	}
	return k
}

func (r *root) pressDialog(a action, known bool, k tea.KeyPressMsg) tea.Cmd {
	d := r.shell.dialog
	if !known {
		d.take(k)
		return nil
	}
	done, cmd := d.act(a)
	if done && r.shell.dialog == d {
		r.shell.dialog = nil
	}
	return cmd
}

func (r *root) paste(msg tea.PasteMsg) tea.Cmd {
	if f := r.finding(); f != nil && f.typing {
		return r.typeFind(msg)
	}
	switch d := r.shell.dialog; {
	case r.palette != nil:
		r.palette.typed(msg)
	case r.overlay.kind != "" || r.settings != nil:
	case d != nil:
		d.take(msg)
	case r.page().Typing():
		return r.page().Update(msg)
	}
	return nil
}

func (r *root) scrollOverlay(a action) {
	_, height := r.pageSize()
	switch a {
	case actClose:
		r.overlay = overlay{}
	case actUp:
		r.overlay.top--
	case actDown:
		r.overlay.top++
	case actPageUp, actFirst:
		r.overlay.top -= height
	case actPageDown, actLast:
		r.overlay.top += height
	}
	most := len(r.overlayLines()) - r.overlayHeight()
	r.overlay.top = max(min(r.overlay.top, most), 0)
}
