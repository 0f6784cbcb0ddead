// Tlogcheck opens a log with code that is none of ours (golang.org/x/mod/sumdb, and torchwood) and
// recomputes it: checkpoint, tiles, entry bundles, inclusion of every entry, consistency between
// sizes and with checkpoints seen before, and offline proofs.
//
//	tlogcheck [-by READER] [-old CHECKPOINT]... [-proofs DIR] [-policy FILE [-cosigned]] BASE VKEY
//	tlogcheck -index FILE -policy FILE VKEY
//
// BASE is a URL or a folder under which `checkpoint` and `tile/` lie. READER is `sumdb` or
// `torchwood`; else both read. The policy is torchwood's to judge: of proofs, and with -cosigned of
// the log's checkpoint too; without one the log's key alone counts. -index: the published proofs,
// each with its statement and what it is to be.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height = 8
	width  = 1 << height
	limit  = 1 << 25 // bytes of any one file
)

type source struct {
	base   string
	client http.Client
	seen   map[string][]byte // what was read stays: sumdb asks for a tile again and again
}

func (s *source) remote() bool {
	return strings.HasPrefix(s.base, "http://") || strings.HasPrefix(s.base, "https://")
}

func (s *source) read(path string) ([]byte, error) {
	if b, ok := s.seen[path]; ok {
		return b, nil
	}
	b, err := s.fetch(path)
	if err == nil {
		s.seen[path] = b
	}
	return b, err
}

func (s *source) fetch(path string) ([]byte, error) {
	if !s.remote() {
		return os.ReadFile(filepath.Join(s.base, filepath.FromSlash(path)))
	}
	resp, err := s.client.Get(strings.TrimSuffix(s.base, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET %s: %s", path, resp.Status)
	}
	return io.ReadAll(io.LimitReader(resp.Body, limit))
}

// Go's tile paths name the height, c2sp.org/tlog-tiles does not.
func (s *source) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, t := range tiles {
		p := "tile/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", height))
		b, err := s.read(p)
		if err != nil {
			return nil, err
		}
		if len(b) != t.W*tlog.HashSize {
			return nil, fmt.Errorf("%s: %d bytes for %d hashes", p, len(b), t.W)
		}
		out = append(out, b)
	}
	return out, nil
}

func (s *source) Height() int                         { return height }
func (s *source) SaveTiles(_ []tlog.Tile, _ [][]byte) {}

func bundlePath(n int64, w int) string {
	t := tlog.Tile{H: height, L: -1, N: n, W: w}
	return "tile/entries/" + strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/data/", height))
}

func (s *source) entries(size int64) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n*width < size; n++ {
		w := int(min(size-n*width, width))
		b, err := s.read(bundlePath(n, w))
		if err != nil {
			return nil, err
		}
		for i := 0; i < w; i++ {
			if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) {
				return nil, fmt.Errorf("%s: cut off at entry %d", bundlePath(n, w), i)
			}
			k := 2 + int(binary.BigEndian.Uint16(b))
			all = append(all, b[2:k])
			b = b[k:]
		}
		if len(b) != 0 {
			return nil, fmt.Errorf("%s: %d bytes too many", bundlePath(n, w), len(b))
		}
	}
	return all, nil
}

// openCheckpoint verifies the log's signature and reads the three lines.
func openCheckpoint(msg []byte, v note.Verifier) (tlog.Tree, error) {
	var t tlog.Tree
	n, err := note.Open(msg, note.VerifierList(v))
	if err != nil {
		return t, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) < 4 || lines[0] != v.Name() {
		return t, errors.New("not a checkpoint of this log")
	}
	if t.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || t.N < 0 {
		return t, errors.New("bad size")
	}
	if t.Hash, err = tlog.ParseHash(lines[2]); err != nil {
		return t, err
	}
	return t, nil
}

// rebuild makes the stored hashes from the entries alone; no tile is used.
func rebuild(entries [][]byte) (tlog.HashReader, error) {
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(at))
		for i, x := range at {
			if x >= int64(len(stored)) {
				return nil, errors.New("hash not stored yet")
			}
			out[i] = stored[x]
		}
		return out, nil
	})
	for i, e := range entries {
		h, err := tlog.StoredHashes(int64(i), e, reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, h...)
	}
	return reader, nil
}

// sizes to compare with one another: the edges of tiles and a spread between.
func sizes(n int64) []int64 {
	var out []int64
	seen := map[int64]bool{}
	at := []int64{1, 2, 3, n / 3, n / 2, width - 1, width, width + 1, 2 * width, n - 1, n}
	for _, s := range at {
		if s >= 1 && s <= n && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func checkTree(s *source, tree tlog.Tree, entries [][]byte) error {
	own, err := rebuild(entries)
	if err != nil {
		return err
	}
	root, err := tlog.TreeHash(tree.N, own)
	if err != nil || root != tree.Hash {
		return fmt.Errorf("root from entries differs from the checkpoint: %v", err)
	}
	tiles := tlog.TileHashReader(tree, s)
	for i, e := range entries {
		p, err := tlog.ProveRecord(tree.N, int64(i), tiles)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, int64(i), tlog.RecordHash(e)); err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
	}
	for _, new := range sizes(tree.N) {
		newRoot, err := tlog.TreeHash(new, own)
		if err != nil {
			return err
		}
		for _, old := range sizes(new) {
			oldRoot, err := tlog.TreeHash(old, own)
			if err != nil {
				return err
			}
			p, err := tlog.ProveTree(new, old, tiles)
			if err != nil {
				return err
			}
			if err := tlog.CheckTree(p, new, newRoot, old, oldRoot); err != nil {
				return fmt.Errorf("sizes %d and %d: %w", old, new, err)
			}
		}
	}
	// Every tile once more, level by level, against the hashes that the entries give.
	for _, t := range tlog.NewTiles(height, 0, tree.N) {
		want, err := tlog.ReadTileData(t, own)
		if err != nil {
			return err
		}
		got, err := s.ReadTiles([]tlog.Tile{t})
		if err != nil {
			return err
		}
		if !bytes.Equal(got[0], want) {
			return fmt.Errorf("%s differs from the entries", t.Path())
		}
	}
	return nil
}

// checkProof reads a c2sp.org/tlog-proof@v1 file, whose entry must be the log's at that index.
func checkProof(text []byte, v note.Verifier, entries [][]byte) error {
	head, cp, ok := strings.Cut(string(text), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	lines = lines[1:]
	if len(lines) > 0 && strings.HasPrefix(lines[0], "extra ") {
		if _, err := base64.StdEncoding.DecodeString(lines[0][6:]); err != nil {
			return err
		}
		lines = lines[1:]
	}
	if len(lines) == 0 || !strings.HasPrefix(lines[0], "index ") {
		return errors.New("no index")
	}
	index, err := strconv.ParseInt(lines[0][6:], 10, 64)
	if err != nil || index < 0 || index >= int64(len(entries)) {
		return errors.New("index is not in the log")
	}
	var p tlog.RecordProof
	for _, l := range lines[1:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return err
		}
		p = append(p, h)
	}
	tree, err := openCheckpoint([]byte(cp), v)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(p, tree.N, tree.Hash, index, tlog.RecordHash(entries[index]))
}

// checkOld: what was signed before is a beginning of the tree, as its tiles prove.
func checkOld(msg []byte, v note.Verifier, s *source, tree tlog.Tree) error {
	old, err := openCheckpoint(msg, v)
	if err != nil {
		return err
	}
	if old.N > tree.N {
		return fmt.Errorf("%d entries, %d before", tree.N, old.N)
	}
	p, err := tlog.ProveTree(tree.N, old.N, tlog.TileHashReader(tree, s))
	if err != nil {
		return err
	}
	return tlog.CheckTree(p, tree.N, tree.Hash, old.N, old.Hash)
}

func each(names []string, f func(text []byte) error) error {
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err == nil {
			err = f(text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

type task struct {
	base, vkey, by, policy string
	old, proofs            []string
	cosigned               bool
}

func (t *task) sumdb(s *source, v note.Verifier, msg []byte) error {
	tree, err := openCheckpoint(msg, v)
	if err != nil {
		return err
	}
	entries, err := s.entries(tree.N)
	if err != nil {
		return err
	}
	if tree.N == 0 {
		if tree.Hash != tlog.Hash(sha256.Sum256(nil)) {
			return errors.New("wrong root of the empty log")
		}
	} else if err := checkTree(s, tree, entries); err != nil {
		return err
	}
	if err := each(t.old, func(b []byte) error { return checkOld(b, v, s, tree) }); err != nil {
		return err
	}
	return each(t.proofs, func(b []byte) error { return checkProof(b, v, entries) })
}

func (t *task) run() error {
	v, err := note.NewVerifier(t.vkey)
	if err != nil {
		return err
	}
	s := &source{t.base, http.Client{Timeout: 30 * time.Second}, map[string][]byte{}}
	msg, err := s.read("checkpoint")
	if err != nil {
		return err
	}
	if t.by != "torchwood" {
		if err := t.sumdb(s, v, msg); err != nil {
			return fmt.Errorf("sumdb: %w", err)
		}
	}
	if t.by != "sumdb" {
		if err := t.torchwood(s, v, msg); err != nil {
			return fmt.Errorf("torchwood %s: %w", version("filippo.io/torchwood"), err)
		}
	}
	size := strings.Split(string(msg), "\n")[1]
	fmt.Printf("tlogcheck: %s: %s entries, %d proofs, %d older checkpoints: all agree (%s)\n",
		v.Name(), size, len(t.proofs), len(t.old), t.readers())
	return nil
}

func version(module string) string {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == module {
			return m.Version
		}
	}
	return "?"
}

func (t *task) readers() string {
	sumdb := "x/mod " + version("golang.org/x/mod")
	torchwood := "torchwood " + version("filippo.io/torchwood") + torchwoodLacks
	switch t.by {
	case "sumdb":
		return sumdb
	case "torchwood":
		return torchwood
	}
	return sumdb + ", " + torchwood
}

func main() {
	t := task{}
	flag.StringVar(&t.by, "by", "", "one reader: sumdb or torchwood")
	flag.StringVar(&t.policy, "policy", "", "tlog-policy file")
	flag.BoolVar(&t.cosigned, "cosigned", false, "the checkpoint too is held to the policy")
	flag.Func("old", "a checkpoint seen before", func(name string) error {
		t.old = append(t.old, name)
		return nil
	})
	flag.Func("proofs", "folder of *.proof files", func(dir string) (err error) {
		t.proofs, err = filepath.Glob(filepath.Join(dir, "*.proof"))
		if err == nil && len(t.proofs) == 0 {
			err = errors.New("no *.proof there")
		}
		return err
	})
	index := flag.String("index", "", "index of published proofs")
	flag.Parse()
	run, args := t.run, 2
	if *index != "" {
		run, args = func() error { return t.published(*index) }, 1
	}
	if flag.NArg() != args {
		flag.Usage()
		os.Exit(2)
	}
	t.base, t.vkey = flag.Arg(0), flag.Arg(args-1)
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "tlogcheck:", err)
		os.Exit(1)
	}
}
