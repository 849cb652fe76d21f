package picture

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
)

// The Kitty graphics protocol, as
// https://sw.kovidgoyal.net/kitty/graphics-protocol/ describes it.

// kittyChunk is the most base64 that one escape code may carry.
const kittyChunk = 4096

// kittySend gives the terminal a PNG under an id, in chunks. With columns and
// rows it also makes a placement that Unicode placeholders show.
func kittySend(b *strings.Builder, tmux bool, id int, file []byte, columns, rows int) {
	text := base64.StdEncoding.EncodeToString(file)
	control := fmt.Sprintf("a=t,f=100,t=d,i=%d,q=2", id)
	if columns > 0 {
		control = fmt.Sprintf("a=T,U=1,f=100,t=d,i=%d,c=%d,r=%d,q=2", id, columns, rows)
	}
	for first := true; first || text != ""; first = false {
		chunk := text[:min(len(text), kittyChunk)]
		text = text[len(chunk):]
		more := 0
		if text != "" {
			more = 1
		}
		if first {
			apc(b, tmux, fmt.Sprintf("%s,m=%d;%s", control, more, chunk))
		} else {
			apc(b, tmux, fmt.Sprintf("m=%d,q=2;%s", more, chunk))
		}
	}
}

// kittyPlace shows a picture at the cursor, in a box of cells, without moving
// the cursor.
func kittyPlace(b *strings.Builder, id int, s Spot) {
	apc(b, false, fmt.Sprintf("a=p,i=%d,p=1,c=%d,r=%d,C=1,q=2", id, s.Columns, s.Rows))
}

// kittyHide takes a picture off the screen; the terminal keeps its bytes.
func kittyHide(b *strings.Builder, id int) { apc(b, false, fmt.Sprintf("a=d,d=i,i=%d,q=2", id)) }

// kittyForget lets the terminal free a picture.
func kittyForget(b *strings.Builder, tmux bool, id int) {
	apc(b, tmux, fmt.Sprintf("a=d,d=I,i=%d,q=2", id))
}

// apc writes a graphics command, wrapped for a tmux that lets it through.
func apc(b *strings.Builder, tmux bool, body string) {
	sequence := "\x1b_G" + body + "\x1b\\"
	if tmux {
		sequence = ansi.TmuxPassthrough(sequence)
	}
	b.WriteString(sequence)
}

// Query asks the terminal whether it knows the protocol; the answer is OK.
// After it an answer to PrimaryDeviceAttributes says that none will come.
func Query(tmux bool) string {
	var b strings.Builder
	apc(&b, tmux, fmt.Sprintf("i=%d,s=1,v=1,a=q,t=d,f=24;AAAA", queryID))
	return b.String()
}

const queryID = 31

// placeholders are lines of characters in whose place tmux lets the terminal
// draw: they say which picture, row and column by colour and marks above.
func placeholders(id, columns, rows int) []string {
	lines := make([]string, rows)
	for y := range rows {
		var b strings.Builder
		fmt.Fprintf(&b, "\x1b[38;5;%dm", id&0xff)
		for x := range columns {
			b.WriteRune(kitty.Placeholder)
			b.WriteRune(kitty.Diacritic(y))
			b.WriteRune(kitty.Diacritic(x))
			b.WriteRune(kitty.Diacritic(id >> 24))
		}
		b.WriteString("\x1b[39m")
		lines[y] = b.String()
	}
	return lines
}

// mostPlaceholders is how many rows and columns have a mark.
const mostPlaceholders = 250
