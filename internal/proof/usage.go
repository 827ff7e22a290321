package proof

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// What a process has used, read from /proc: benchmarks need Linux.

const (
	tick   = 10 * time.Millisecond // of the kernel's counting of CPU time
	fields = 2                     // of /proc/PID/stat before what follows the name
)

// processStat is the part of /proc/PID/stat that is used.
type processStat struct {
	parent        int
	own, children time.Duration // CPU time of itself and of children that have ended
}

func readStat(pid int) (processStat, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return processStat{}, fmt.Errorf("read the CPU time of a process: %w", err)
	}
	text := string(raw)
	list := strings.Fields(text[strings.LastIndexByte(text, ')')+1:]) // the name may hold spaces
	at := func(n int) int {
		if n -= fields + 1; n >= len(list) {
			return 0
		}
		v, _ := strconv.Atoi(list[n])
		return v
	}
	return processStat{
		parent: at(4), own: time.Duration(at(14)+at(15)) * tick, children: time.Duration(at(16)+at(17)) * tick,
	}, nil
}

// cpuOf is the CPU time of a process.
func cpuOf(pid int) (time.Duration, error) {
	s, err := readStat(pid)
	return s.own, err
}

// cpuOfTree is the CPU time of a process and all its children, those included
// that have ended.
func cpuOfTree(pid int) (time.Duration, error) {
	s, err := readStat(pid)
	if err != nil {
		return 0, err
	}
	total := s.own + s.children
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range all {
		child, _ := strconv.Atoi(filepath.Base(dir))
		if c, err := readStat(child); err == nil && c.parent == pid {
			total += c.own
		}
	}
	return total, nil
}

// memoryOf reads a line of /proc/PID/status, VmRSS or VmHWM, in bytes.
func memoryOf(pid int, what string) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read the memory of a process: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, what+":"); ok {
			kib, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("the kernel does not tell %s of process %d", what, pid)
}
