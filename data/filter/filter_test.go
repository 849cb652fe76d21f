package filter

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 24, 21, 0, 0, 0, time.UTC)

func testSchema() *Schema { return testColumns.Schema("records") }

// testColumns read a testRow by the field's name.
var testColumns = func() Columns[testRow] {
	columns := Columns[testRow]{
		{Name: "compound", Kind: Number, Words: true},
		{Name: "rings", Also: "label", Kind: Number},
		{Name: "predicted", Kind: Number},
		{Name: "smiles", Kind: Text, Words: true},
		{Name: "split", Kind: Text, Closed: true, Values: []string{"train", "validation", "holdout"}},
		{Name: "created", Kind: Time},
		{Name: "silent", Kind: Bool},
		{Name: "tag", Kind: Text, Many: true, Words: true, Values: []string{"baseline", "two words"}},
		{Name: "param", Kind: Any, Keyed: func(testRow, string) Value { return Value{} }, Values: []string{"trees", "learning_rate"}},
		{Name: "metric", Kind: Number, Keyed: func(testRow, string) Value { return Value{} }, Values: []string{"loss", "val loss"}},
		{Name: "name", Kind: Text, Words: true},
	}
	for i, c := range columns {
		if c.Keyed == nil {
			columns[i].Value = func(r testRow) Value { return r.value(c.Name) }
		} else {
			columns[i].Keyed = func(r testRow, key string) Value { return r.value(c.Name + "." + key) }
		}
	}
	return columns
}()

// testRow has values by field name, or name.key.
type testRow map[string]any

func (testRow) Columns() Columns[testRow] { return testColumns }

func (r testRow) value(name string) Value {
	switch v := r[name].(type) {
	case int:
		return OfNumber(float64(v))
	case float64:
		return OfNumber(v)
	case string:
		return OfText(v)
	case bool:
		return OfBool(v)
	case time.Time:
		return OfTime(v)
	case []string:
		return OfList(v)
	}
	return Value{}
}

var row = testRow{
	"compound": 694811, "rings": 4, "predicted": 5, "smiles": "CC(=O)OBr", "split": "holdout",
	"created": time.Date(2026, 11, 24, 19, 30, 0, 0, time.UTC), "silent": true, "tag": []string{"baseline", "two words"},
	"param.trees": 300, "param.optimizer": "adam", "metric.val loss": 0.25, "name": "Größe",
}

func TestWhatAFilterSelects(t *testing.T) {
	for text, want := range map[string]bool{
		"":                       true,
		"   ":                    true,
		"rings=4":                true,
		"rings == 4":             true,
		"RINGS=4":                true,
		"label=4":                true,
		"rings!=4":               false,
		"rings>=3 and rings<=4":  true,
		"rings>4 or rings<4":     false,
		"rings>=3 split=holdout": true, // side by side is and
		"rings=400%":             true,
		"not rings=4":            false,
		"!rings=4 or rings=4":    true,
		"not not rings=4":        true,
		"rings>=3 and split=holdout and predicted!=rings": true,
		"predicted>rings":                      true,
		"predicted<=rings":                     false,
		"rings in (1, 4)":                      true,
		"rings not in (1,4)":                   false,
		"rings IN (1, 3..5)":                   true,
		"rings=3..5":                           true,
		"rings=5..":                            false,
		"rings=..4":                            true,
		"rings in 1..3":                        false,
		"rings!=3..5":                          false,
		"(rings=1 or rings=4) and split=train": false,
		"rings=1 or rings=4 and split=holdout": true, // and binds more
		"(rings=4 or rings=1) AND NOT (split=train)": true,
		"rings=4 && split=holdout || rings=1":        true,
		"smiles=CC(=O)OBr":                           true, // a value may hold what are operators elsewhere
		"(smiles=CC(=O)OBr)":                         true,
		`smiles="CC(=O)OBr"`:                         true,
		`smiles='CC(=O)OBr'`:                         true,
		"smiles:br":                                  true, // small letters find both
		"smiles:BR":                                  false,
		"smiles:(=O)":                                true,
		`smiles~^CC\(=O\)`:                           true,
		"smiles~Br$ and rings=4":                     true,
		`(smiles~"(Br|Cl)$")`:                        true,
		"smiles!~Br":                                 false,
		"smiles~(Br|Cl)$":                            true,
		"br":                                         true, // a word, in SMILES
		"694":                                        true, // and in the number
		"größe":                                      true,
		"GRÖSSE":                                     false,
		`"two w"`:                                    true,
		"nothing":                                    false,
		"br rings=4":                                 true,
		"has:predicted":                              true,
		"has:param.trees and has:tag":                true,
		"has:metric.loss":                            false,
		`metric."val loss"<0.3`:                      true,
		"metric.loss<0.3":                            false, // not there: nothing is known of it
		"metric.loss!=0.3":                           false,
		"not metric.loss<0.3":                        true,
		"param.trees=300":                            true,
		"param.trees>=1e2":                           true,
		"param.optimizer=adam":                       true,
		"param.optimizer>3":                          false,
		"param.optimizer!=sgd":                       true,
		"param.optimizer:ada":                        true,
		"silent":                                     true,
		"not silent":                                 false,
		"silent=no":                                  false,
		"silent!=true":                               false,
		"tag=baseline":                               true,
		`tag="two words"`:                            true,
		"tag!=baseline":                              false,
		"tag!=old":                                   true,
		"tag in (old, baseline)":                     true,
		"tag:words":                                  true,
		"created=today":                              true,
		"created=2026-11-24":                         true,
		"created=2026-11":                            true,
		"created!=2026-11-24":                        false,
		"created>2026-11-24":                         false, // after the day's end
		"created>=2026-11-24":                        true,
		"created<2026-11-24":                         false,
		"created<=2026-11-24":                        true,
		"created>-2h":                                true,
		"created>-1h":                                false,
		"created=2026-11-23..2026-11-24":             true,
		"created=2026-11-24T19:30":                   true,
		"created<2026-11-24T19:30:00Z":               false,
		"created=yesterday":                          false,
		"and":                                        false,
	} {
		f, err := Parse(testSchema(), text, now)
		if text == "and" {
			if err == nil {
				t.Error("a connector alone is a filter")
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := Matcher[testRow](f)(row); got != want {
			t.Errorf("%s selects the row: %v, want %v", text, got, want)
		}
	}
}

func TestNothingIsKnownOfAValueThatIsNotThere(t *testing.T) {
	for text, want := range map[string]bool{
		"rings=4": false, "rings!=4": false, "not rings=4": true, "rings=predicted": false, "rings!=predicted": false,
		"tag!=old": true, "tag=old": false, "has:tag": false, "silent": false, "smiles!~x": false, "rings not in (1)": false,
		"x": false,
	} {
		f, err := Parse(testSchema(), text, now)
		if err != nil {
			t.Fatal(err)
		}
		if got := Matcher[testRow](f)(testRow{}); got != want {
			t.Errorf("%s selects a row without values: %v", text, got)
		}
	}
	if OfNumber(math.NaN()).form != absent {
		t.Error("NaN is a value")
	}
}

// Each error marks the wrong part with ^ and says what to do.
func TestErrorsPointAndAdvise(t *testing.T) {
	for _, c := range [][3]string{
		{"ringz>=3", "^^^^^", "did you mean rings?"},
		{"foo=3", "^^^", "the fields are compound, rings"},
		{"rings>=three", "       ^^^^^", "write a number"},
		{"rings>=", "       ^", "write one"},
		{"rings=3 and", "           ^", "write a condition such as compound>=3"},
		{"rings=3 or )", "           ^", "write one such as"},
		{"(rings=3", "^", "write ) where it ends"},
		{"rings=3)", "       ^", "open one before"},
		{"split=holdut", "      ^^^^^^", "did you mean holdout?"},
		{"split=x", "      ^", "it is one of train, validation, holdout"},
		{"split>train", "     ^", "in (…)"},
		{"rings~3", "     ^", "a range such as =3..5"},
		{"rings in 3", "         ^", "rings in (A, B)"},
		{"rings in (3", "         ^", "write ,"},
		{"rings=5..3", "      ^^^^", "smaller end first"},
		{"rings=..", "      ^^", "A..B"},
		{"rings>3..5", "      ^^^", "write rings=A..B"},
		{"smiles=a..b", "       ^^^", "write smiles=A..B"},
		{`smiles="abc`, "       ^", `write " where`},
		{"smiles~(", "       ^", `a \ before`},
		{"smiles~(a{900}){900}", "       ^^^^^^^^^^^^^", `a \ before`},
		{"smiles~(abcde){500}", "       ^^^^^^^^^^^^", "repeat less"},
		{"created>soon", "        ^^^^", "how long ago"},
		{"silent=maybe", "       ^^^^^", "yes or no"},
		{"name=rings", "     ^^^^^", `"rings"`},
		{"param>3", "^^^^^", "param.trees"},
		{"param.x>three", "        ^^^^^", "a number"},
		{"has:", "    ^", "the name of a field is missing"},
		{"has:ringz", "    ^^^^^", "rings"},
		{"learning_rate<0.1", "^^^^^^^^^^^^^", "did you mean param.learning_rate?"},
		{"LOSS<0.1", "^^^^", "did you mean metric.loss?"},
		{"C(=O)", "  ^", "in quotes"},
		{"größe ringz=1", "      ^^^^^", "rings"},
	} {
		_, err := Parse(testSchema(), c[0], now)
		wrong, ok := errors.AsType[*Error](err)
		if !ok {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		_, marks := wrong.Pointed(func(s string) int { return len([]rune(s)) })
		if marks != c[1] || !strings.Contains(wrong.Error(), c[2]) {
			t.Errorf("%s\n%s\n%v, want\n%s %s", c[0], marks, wrong, c[1], c[2])
		}
	}
}

func TestAFilterIsBounded(t *testing.T) {
	for name, text := range map[string]string{
		"length":     strings.Repeat(" ", MostBytes+1),
		"depth":      strings.Repeat("(", 900) + "rings=1" + strings.Repeat(")", 900),
		"conditions": strings.Repeat("a ", 500),
		"values":     "rings in (" + strings.Repeat("1,", 500) + "1)",
		"pattern":    "smiles~" + strings.Repeat("a", 500),
		"not UTF-8":  "rings=\xff",
	} {
		if _, err := Parse(testSchema(), text, now); err == nil {
			t.Errorf("%s is not bounded", name)
		}
	}
	if _, err := Parse(testSchema(), strings.Repeat("not ", 400)+"rings=1", now); err != nil {
		t.Error(err)
	}
}

func TestUsesAreTheFieldsAskedFor(t *testing.T) {
	f, err := Parse(testSchema(), `rings=3 and (metric."val loss"<1 or metric.loss<1) and rings<predicted`, now)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Ref{{1, ""}, {9, "val loss"}, {9, "loss"}, {2, ""}}; !slices.Equal(f.Uses(), want) {
		t.Errorf("uses %v, want %v", f.Uses(), want)
	}
}

func TestCompletion(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "compound",
		"ri":                    "rings",
		"rings":                 "=",
		"rings ":                "=",
		"rings>":                "compound", // another field
		"spl":                   "split",
		"split=":                "train",
		"split=h":               "holdout",
		"split in (":            "train",
		"split in (train, v":    "validation",
		"rings=3 ":              "and ",
		"rings=3 o":             "or ",
		"rings=3 s":             "smiles",
		"rings=3 and pre":       "predicted",
		"(rings=3 or pre":       "predicted",
		"not r":                 "rings",
		"has:pre":               "predicted",
		"h":                     "has:",
		"metric":                "metric.",
		"metric.":               "metric.loss",
		`metric."`:              `metric."val loss"`,
		"param.lea":             "param.learning_rate",
		"created>":              "today",
		"silent=":               "yes",
		"ringz=3 and pre":       "", // the text before is wrong: nothing to go on from
		"rings>=3 and split = ": "train",
		"tag=two":               "",
		"tag=":                  "baseline",
	} {
		c := Complete(testSchema(), text, len(text), now)
		got := ""
		if len(c.Options) > 0 {
			got = c.Options[0].Text
		}
		if got != want {
			t.Errorf("%q goes on with %q, want %q (%v)", text, got, want, c)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"rings>=3 and split=holdout and predicted!=rings", `metric."a b"=3..5 or not (tag in (a,"b"))`, `smiles~(a|b)*$`, "has:x", "((((", "created>-2h",
		"rings in", "a..b", `"`, `smiles~"\`, "rings=3..", "\xff", "!!!!x", "param.x!=y&z|w",
	} {
		f.Add(text)
	}
	schema := testSchema()
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := Parse(schema, text, now)
		if err != nil {
			wrong, ok := errors.AsType[*Error](err)
			if !ok || wrong.From < 0 || wrong.From > wrong.To || wrong.To > len(text) || wrong.Problem == "" || wrong.Hint == "" {
				t.Fatalf("%q: %#v", text, err)
			}
			wrong.Pointed(func(s string) int { return len(s) })
		}
		if Matcher[testRow](parsed)(row) {
			for _, use := range parsed.Uses() {
				if use.Field >= len(schema.Fields) {
					t.Fatalf("%q uses field %d", text, use.Field)
				}
			}
		}
		if len(text) > MostBytes {
			return
		}
		for cursor := range len(text) + 1 {
			c := Complete(schema, text, cursor, now)
			if c.From < 0 || c.From > c.To || c.To > len(text) {
				t.Fatalf("%q at %d: %v", text, cursor, c)
			}
			if len(text) > 200 {
				break
			}
		}
	})
}

// A hundred thousand rows, as when a key is typed over the records:
//
//	go test -run '^$' -bench Match -benchmem ./data/filter
func BenchmarkMatch(b *testing.B) {
	const rows = 100_000
	for name, text := range map[string]string{
		"numbers": "rings>=3 and split=holdout and predicted!=rings", "word": "ccncc", "pattern": "smiles~N.*Br$",
	} {
		b.Run("filter="+name, func(b *testing.B) {
			f, err := Parse(testSchema(), text, now)
			if err != nil {
				b.Fatal(err)
			}
			selects := Matcher[benchRow](f)
			for b.Loop() {
				for i := range rows {
					selects(benchRow{i})
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/100k_rows")
		})
	}
}

type benchRow struct{ i int }

func (benchRow) Columns() Columns[benchRow] { return benchColumns }

// benchColumns stand at the places of testColumns.
var benchColumns = func() Columns[benchRow] {
	ring := func(r benchRow) Value { return OfNumber(float64(r.i % 7)) }
	smiles := func(benchRow) Value { return OfText("Cc1nnc2[C@H](NC(=O)OCc3ccccc3)N=C(c4ccccc4)c5ccccc5n12") }
	split := func(benchRow) Value { return OfText("holdout") }
	none := func(benchRow) Value { return Value{} }
	columns := make(Columns[benchRow], len(testColumns))
	for i, value := range []func(benchRow) Value{ring, ring, ring, smiles, split, none, none, none, none, none, smiles} {
		columns[i].Value = value
	}
	return columns
}()
