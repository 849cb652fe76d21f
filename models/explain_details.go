package models

// ExplanationDetails are an Explanation in numbers, for JSON. Places are pixels
// of the drawing as the model reads it.
type ExplanationDetails struct {
	Regions *RegionDetails `json:"regions,omitempty" doc:"Of trees: the regions that they counted"`
	Map     *MapDetails    `json:"map,omitempty" doc:"Of a network: where covering the drawing changes its count"`
}

// RegionDetails are Regions in numbers.
type RegionDetails struct {
	Counted   int              `json:"counted" doc:"Regions that are large enough"`
	LeastArea float64          `json:"least_area" doc:"Pixels of a region that is counted, in a drawing of 300 pixels a side"`
	ClosedGap float64          `json:"closed_gap" doc:"Gaps in the lines up to this many pixels were closed"`
	Share     float64          `json:"share" doc:"Of the trees' comparisons on the way to the answer, those of this number"`
	Regions   []RegionDetail   `json:"regions" doc:"The largest first"`
	Questions []QuestionDetail `json:"questions" doc:"The features that the trees compared most"`
	Words     []string         `json:"words"`
}

// RegionDetail is a Region in numbers.
type RegionDetail struct {
	X       int     `json:"x"`
	Y       int     `json:"y"`
	Area    float64 `json:"area"`
	Counted bool    `json:"counted"`
}

// QuestionDetail is a Question.
type QuestionDetail struct {
	Feature string  `json:"feature"`
	Value   float64 `json:"value"`
	Share   float64 `json:"share"`
}

// MapDetails are a Map in numbers.
type MapDetails struct {
	Count float64      `json:"count" doc:"Rings that the network expects"`
	Patch int          `json:"patch" doc:"Pixels a side of a covered square"`
	Spots []SpotDetail `json:"spots" doc:"Where covering changes most, that first"`
	Words []string     `json:"words"`
}

// SpotDetail is a Spot.
type SpotDetail struct {
	Mark   string  `json:"mark" doc:"Its letter in the picture"`
	X      int     `json:"x"`
	Y      int     `json:"y"`
	Change float64 `json:"change" doc:"Of the expected rings when the square is covered"`
	Rings  int     `json:"rings" doc:"The network's answer then"`
}

// mostRegionsTold bounds the regions in an answer: a picture of noise has
// thousands.
const mostRegionsTold = 100

// Details are the explanation in numbers and words.
func (e Explanation) Details() ExplanationDetails {
	var d ExplanationDetails
	if r := e.Regions; r != nil {
		d.Regions = &RegionDetails{Counted: r.Counted, LeastArea: r.Least, ClosedGap: 2 * r.Radius,
			Share: r.Question.Share, Regions: []RegionDetail{}, Words: r.Words(e.Prediction.Label)}
		for i, region := range r.All[:min(len(r.All), mostRegionsTold)] {
			d.Regions.Regions = append(d.Regions.Regions, RegionDetail{region.X, region.Y, region.Area, i < r.Counted})
		}
		for _, q := range r.Questions {
			d.Regions.Questions = append(d.Regions.Questions, QuestionDetail(q))
		}
	}
	if m := e.Map; m != nil {
		d.Map = &MapDetails{Count: m.Count, Patch: m.Patch, Spots: []SpotDetail{}, Words: m.Words()}
		for i, s := range m.Spots {
			d.Map.Spots = append(d.Map.Spots, SpotDetail{spotName(i), s.X, s.Y, s.Change, s.Label})
		}
	}
	return d
}
