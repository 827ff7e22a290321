.PHONY: test race ci demo drill bench walk
test:  ; go test ./...
race:  ; go test -race ./...
ci:    ; ./.ci/run
demo:  ; go run . demo
drill: ; go run . drill --long --seed 2
bench: ; go run . bench
walk:  ; cd scripts/walk && npm ci && node walk.mjs http://127.0.0.1:8080/ screenshots
