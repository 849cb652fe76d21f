package models

// treesPresets are the presets of the family "trees".
func treesPresets() []Preset {
	return []Preset{{
		Name:    "trees",
		Summary: "topological features and extremely randomised trees; seconds",
		Family:  "trees",
		Parameters: []Parameter{
			{Name: "trees", Kind: "int", Default: 300, Min: 1, Max: 5000,
				Help: "number of trees; more is smoother and slower"},
			{Name: "max_features", Kind: "float", Default: .4, Min: .01, Max: 1,
				Help: "share of the features tried at each split"},
			{Name: "min_leaf", Kind: "int", Default: 1, Min: 1, Max: 1000,
				Help: "fewest drawings in a leaf"},
		},
	}}
}

func treesFamily() family { return nil }
