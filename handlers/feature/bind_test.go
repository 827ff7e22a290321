package feature

import (
	"reflect"
	"testing"
)

// fill sets every field that can be nil or empty, and one element of each slice.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Func:
		v.Set(reflect.MakeFunc(v.Type(), func([]reflect.Value) []reflect.Value { panic("not called") }))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.String:
		v.SetString("x")
	case reflect.Int:
		v.SetInt(1)
	case reflect.Bool:
		v.SetBool(true)
	}
}

// empty lists the fields that hold nothing.
func empty(path string, v reflect.Value) (out []string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, empty(path+"."+v.Type().Field(i).Name, v.Field(i))...)
		}
	case reflect.Slice:
		if v.Len() == 0 {
			return []string{path}
		}
		return empty(path+"[0]", v.Index(0))
	default:
		if v.IsZero() {
			return []string{path}
		}
	}
	return out
}

// A field that is added to Feature and forgotten in Bind would be a conversation
// without its policy, or a hook that is never called.
func TestBindForgetsNothing(t *testing.T) {
	var f Feature[int]
	fill(reflect.ValueOf(&f).Elem())
	if lost := empty("Feature", reflect.ValueOf(Bind(func(*Env) int { return 0 }, f))); len(lost) > 0 {
		t.Errorf("Bind forgets %v", lost)
	}
}
