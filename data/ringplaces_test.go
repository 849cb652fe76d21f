package data

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// A record may say where its rings are; anything else than places in the
// picture is as if it said nothing.
func TestRingPlaces(t *testing.T) {
	for _, c := range []struct {
		fields string
		want   []RingPlace
	}{
		{`{"num_rings": 2, "ring_places": [[0.25, 0.5, 6], [1, 0, 3]]}`, []RingPlace{{.25, .5, 6}, {1, 0, 3}}},
		{`{"num_rings": 0, "ring_places": []}`, nil},
		{`{"num_rings": 1}`, nil},
		{`{"ring_places": null}`, nil},
		{`{"ring_places": [[0.5, 0.5]]}`, nil}, // no atoms
		{`{"ring_places": [[1.5, 0.5, 6]]}`, nil},
		{`{"ring_places": [[-0.1, 0.5, 6]]}`, nil},
		{`{"ring_places": [[0.5, 0.5, 2]]}`, nil},
		{`{"ring_places": [[0.5, 0.5, 5.5]]}`, nil},
		{`{"ring_places": [[0.5, 0.5, 1e300]]}`, nil},
		{`{"ring_places": [["0.5", 0.5, 6]]}`, nil},
		{`{"ring_places": {"x": 1}}`, nil},
		{`{"ring_places": [` + strings.Repeat(`[0,0,3],`, 1000) + `[0,0,3]]}`, nil},
		{`no json`, nil},
		{``, nil},
	} {
		if got := RingPlaces(json.RawMessage(c.fields)); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%.60s: %v, want %v", c.fields, got, c.want)
		}
	}
}
