.PHONY: test race ci demo drill walk
test:  ; go test ./...
race:  ; go test -race ./...
ci:    ; ./.ci/run
demo:  ; go run . demo
drill: ; go test -run TestKillDrill -v -drill.kills 100 -drill.seed 2 -timeout 30m .
walk:  ; cd scripts/walk && npm ci && node walk.mjs http://127.0.0.1:8080/ screenshots
