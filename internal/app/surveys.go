package app

import (
	"bangkom/internal/config"
	"bangkom/internal/satisfaction"
)

// proposed are the competencies that the configuration proposes, by element.
func proposed(c config.Surveys) map[satisfaction.Element][]string {
	list, _ := c.List() // Load has refused what cannot be read
	out := map[satisfaction.Element][]string{}
	for n, codes := range list {
		out[satisfaction.Elements()[n-1]] = codes
	}
	return out
}

// topics are the competencies that topics of the question about interests develop.
func topics(c config.Planning) map[string]string {
	list, _ := c.TopicList() // Load has refused what cannot be read
	return list
}
