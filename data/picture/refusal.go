package picture

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// The codes of a RefusedError. They are kept in dead letters and answers, and
// never change.
const (
	CodeEmpty     = "picture_empty"      // no bytes
	CodeNotPNG    = "picture_not_png"    // something else; the detail says what
	CodeTooLarge  = "picture_too_large"  // over a limit, in pixels or bytes
	CodeBadHeader = "picture_bad_header" // IHDR is missing or says what no PNG can be
	CodeCut       = "picture_cut"        // the file ends, or its pixels do, too early
	CodeCorrupt   = "picture_corrupt"    // wrong checksum, impossible data
)

// RefusedError says why bytes are not an acceptable picture. Code is stable
// and machine-readable, such as picture_not_png or picture_too_large. Detail
// is a sentence for people without any bytes of the file in it.
type RefusedError struct {
	Code   string
	Detail string
}

func (e *RefusedError) Error() string { return e.Detail }

func refuse(code, format string, args ...any) *RefusedError {
	return &RefusedError{Code: code, Detail: fmt.Sprintf(format, args...)}
}

const signature = "\x89PNG\r\n\x1a\n"

// otherFormats are told by their first bytes.
var otherFormats = []struct{ magic, name string }{
	{"\xff\xd8\xff", "a JPEG picture"},
	{"GIF87a", "a GIF picture"},
	{"GIF89a", "a GIF picture"},
	{"BM", "a BMP picture"},
	{"II*\x00", "a TIFF picture"},
	{"MM\x00*", "a TIFF picture"},
	{"\x00\x00\x01\x00", "an ICO picture"},
	{"8BPS", "a Photoshop picture"},
	{"%PDF", "a PDF document"},
	{"PK\x03\x04", "a ZIP archive"},
	{"\x1f\x8b", "gzip-compressed data"},
	{"\x8aMNG\r\n\x1a\n", "an MNG animation"},
}

// sniff names what bytes that are not a PNG look like.
func sniff(file []byte) string {
	for _, format := range otherFormats {
		if bytes.HasPrefix(file, []byte(format.magic)) {
			return format.name
		}
	}
	if len(file) >= 12 && string(file[:4]) == "RIFF" && string(file[8:12]) == "WEBP" {
		return "a WebP picture"
	}
	if len(file) >= 12 && string(file[4:8]) == "ftyp" {
		return "an AVIF, HEIC or MP4 file"
	}
	if bytes.HasPrefix([]byte(signature), file) {
		return "the beginning of a PNG signature and nothing else"
	}
	head := file[:min(len(file), 1024)]
	if !looksLikeText(head) {
		return "data of an unknown format"
	}
	head = bytes.ToLower(head)
	switch {
	case bytes.Contains(head, []byte("<svg")):
		return "an SVG drawing"
	case bytes.Contains(head, []byte("<html")), bytes.Contains(head, []byte("<!doctype html")):
		return "an HTML page"
	case bytes.HasPrefix(head, []byte("version https://git-lfs")):
		return "a Git LFS pointer, not the picture itself (git lfs pull fetches it)"
	}
	return "text"
}

func looksLikeText(head []byte) bool {
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && size == 1 && len(head) >= utf8.UTFMax {
			return false
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r == 0x7f {
			return false
		}
		head = head[size:]
	}
	return true
}
