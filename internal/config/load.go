package config

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"

	"bangkom/internal/advice"
)

const (
	envPrefix = "BANGKOM_"
	// envFile names the file when --config does not.
	envFile = envPrefix + "CONFIG"
	// envTests belongs to the tests, not to the program.
	envTests = envPrefix + "TEST_DATABASE_URL"
)

// Load reads the file at path (or at BANGKOM_CONFIG, or none) and the
// environment, given as "KEY=value". Every problem is reported at once, each
// on a line of the error, and none of them prints a secret. What a command
// needs beyond that is checked by the Validate methods.
func Load(path string, environ []string) (Config, error) {
	values := environment(environ)
	if path == "" {
		path = values[envFile]
	}
	l := &loader{k: koanf.New("."), known: knownKeys(reflect.TypeFor[Config](), "")}
	if path != "" {
		l.file(path)
	}
	l.environ(values)
	c := l.decode()
	l.errs = append(l.errs, c.settle(values)...)
	return c, errors.Join(l.errs...)
}

func environment(environ []string) map[string]string {
	values := make(map[string]string, len(environ))
	for _, line := range environ {
		if key, value, ok := strings.Cut(line, "="); ok {
			values[key] = value
		}
	}
	return values
}

// knownKeys lists every key with its type, as "section.key".
func knownKeys(t reflect.Type, prefix string) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("koanf")
		switch {
		case name == "":
		case f.Type.Kind() == reflect.Struct:
			for key, typ := range knownKeys(f.Type, prefix+name+".") {
				keys[key] = typ
			}
		default:
			keys[prefix+name] = f.Type
		}
	}
	return keys
}

// loader collects the sources and their problems.
type loader struct {
	k     *koanf.Koanf
	known map[string]reflect.Type
	errs  []error
}

func (l *loader) fail(key, format string, args ...any) {
	l.errs = append(l.errs, advice.New(key, format, args...))
}

func (l *loader) file(path string) {
	body, err := os.ReadFile(path)
	if err != nil {
		l.fail("config.file", "configuration file: %w", err)
		return
	}
	if err := l.k.Load(rawbytes.Provider(body), yaml.Parser()); err != nil {
		l.fail("config.yaml", "%s is not valid YAML: %w", path, err)
		return
	}
	for _, key := range l.k.Keys() {
		l.checkKey(path, key)
	}
}

// checkKey refuses a key that does not exist and forgets one without a value.
func (l *loader) checkKey(source, key string) {
	if _, ok := l.known[key]; ok {
		if l.k.Get(key) == nil {
			l.k.Delete(key)
		}
		return
	}
	if l.isSection(key) && l.k.Get(key) == nil { // a heading with nothing below it
		l.k.Delete(key)
		return
	}
	l.k.Delete(key)
	if l.isSection(key) {
		l.fail("config.section", "%s: %q is a section, its keys stand below it", source, key)
		return
	}
	l.fail("config.unknown_key", "%s: unknown key %q, did you mean %q?", source, key, nearest(key, l.keys()))
}

func (l *loader) isSection(key string) bool {
	return slices.ContainsFunc(l.keys(), func(k string) bool { return strings.HasPrefix(k, key+".") })
}

func (l *loader) keys() []string {
	return slices.Sorted(maps.Keys(l.known))
}

// environ lays BANGKOM_SECTION_KEY over the file, and the content of the file
// that BANGKOM_SECTION_KEY_FILE names where the key is a secret.
func (l *loader) environ(values map[string]string) {
	names := map[string]string{} // environment variable -> key
	for _, key := range l.keys() {
		names[envName(key)] = key
	}
	set := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !strings.HasPrefix(name, envPrefix) || name == envFile || name == envTests {
			continue
		}
		if _, ok := names[name]; ok {
			set[name] = values[name]
			continue
		}
		direct, isFile := strings.CutSuffix(name, "_FILE")
		key, ok := names[direct]
		if !isFile || !ok || l.known[key] != reflect.TypeFor[Secret]() {
			l.fail("config.unknown_variable", "environment: unknown variable %s, did you mean %s?", name, nearest(name, slices.Collect(maps.Keys(names))))
			continue
		}
		if _, twice := values[direct]; twice {
			l.fail("config.both", "environment: %s and %s are both set, keep one", direct, name)
			continue
		}
		body, err := os.ReadFile(values[name])
		if err != nil {
			l.fail("config.secret_file", "environment: the file that %s names cannot be read: %w", name, reason(err))
			continue
		}
		set[direct] = strings.TrimRight(string(body), "\r\n")
	}
	provider := env.Provider(".", env.Opt{
		EnvironFunc:   func() []string { return pairs(set) },
		TransformFunc: func(name, value string) (string, any) { return names[name], value },
	})
	if err := l.k.Load(provider, nil); err != nil {
		l.fail("config.environment", "environment: %w", err)
	}
}

// reason leaves out the path: instead of it the secret itself may stand there.
func reason(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

func pairs(set map[string]string) []string {
	lines := make([]string, 0, len(set))
	for name, value := range set {
		lines = append(lines, name+"="+value)
	}
	return lines
}

// decode fills the struct key by key, so that each wrong value is reported.
func (l *loader) decode() Config {
	c := defaults()
	for _, key := range l.keys() {
		if !l.k.Exists(key) {
			continue
		}
		one := koanf.New(".")
		if one.Set(key, l.k.Get(key)) != nil || one.Unmarshal("", &c) != nil {
			l.wrongType(key)
		}
	}
	return c
}

// wrongType says what a key wants to hold.
func (l *loader) wrongType(key string) {
	switch t := l.known[key]; {
	case t == reflect.TypeFor[time.Duration]():
		l.fail("config.no_duration", `%s is not a duration such as "10s" or "5m"`, key)
	case t.Kind() == reflect.Int:
		l.fail("config.no_whole_number", "%s is not a whole number", key)
	case t.Kind() == reflect.Float64:
		l.fail("config.no_number", "%s is not a number", key)
	default:
		l.fail("config.no_text", "%s is not a text", key)
	}
}
