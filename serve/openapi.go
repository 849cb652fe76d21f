package serve

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// openAPI writes the document of the API. The schemas come from the types that
// are answered, so that the two cannot differ.
func openAPI(code string) ([]byte, error) {
	schemas := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	schema := func(v any, name string) *huma.Schema {
		return schemas.Schema(reflect.TypeOf(v), true, name)
	}
	answers := func(body *huma.Schema, problems ...int) map[string]*huma.Response {
		all := map[string]*huma.Response{"200": {
			Description: "Done",
			Content:     map[string]*huma.MediaType{"application/json": {Schema: body}},
		}}
		for _, status := range problems {
			all[strconv.Itoa(status)] = &huma.Response{
				Description: problemMeanings[status],
				Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema(problem{}, "Problem")}},
			}
		}
		return all
	}
	file := &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "A PNG of at most 4,096 pixels a side"}
	document := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title:       "ringlab",
			Version:     code,
			Description: "Counts the rings in pictures of compounds, with the model in production.",
		},
		Components: &huma.Components{Schemas: schemas},
	}
	document.AddOperation(&huma.Operation{
		OperationID: "predict",
		Method:      "POST",
		Path:        "/v1/predict",
		Summary:     "Count the rings in one or several pictures",
		Parameters: []*huma.Param{{
			Name: "explain", In: "query",
			Description: "Also say why, for one picture: the regions that trees counted, or the map of where a network looked",
			Schema:      &huma.Schema{Type: huma.TypeString, Enum: []any{"regions", "map"}},
		}},
		RequestBody: &huma.RequestBody{
			Required: true,
			Content: map[string]*huma.MediaType{
				"image/png": {Schema: file},
				"multipart/form-data": {Schema: &huma.Schema{
					Type:     huma.TypeObject,
					Required: []string{imageField},
					Properties: map[string]*huma.Schema{imageField: {
						Type: huma.TypeArray, Items: file, Description: "The field once for each picture",
					}},
				}},
			},
		},
		Responses: answers(&huma.Schema{
			Description: "One object for one picture, a list for several",
			OneOf:       []*huma.Schema{schema(prediction{}, "Prediction"), schema(predictions{}, "Predictions")},
		}, 400, 408, 413, 415, 422, 503),
	})
	document.AddOperation(&huma.Operation{
		OperationID: "ready", Method: "GET", Path: "/readyz",
		Summary:   "Whether predictions are answered, and by which model",
		Responses: answers(schema(health{}, "Health")),
	})
	document.Paths["/readyz"].Get.Responses["503"] = &huma.Response{
		Description: "Predictions are not answered; detail says why",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema(health{}, "Health")}},
	}
	text, err := json.Marshal(document)
	if err != nil {
		return nil, fmt.Errorf("write the OpenAPI document: %w", err)
	}
	return append(text, '\n'), nil
}

var problemMeanings = map[int]string{
	400: "The body is empty or cannot be read as what it claims to be, or several pictures are to be explained",
	408: "The request did not arrive in time",
	413: "Too many bytes, pixels or pictures",
	415: "Neither a PNG nor a form with PNGs",
	422: "No picture in the form, or one that is damaged, or an explanation that the model does not have",
	503: "No model is in production, or the server is busy: see Retry-After",
}
