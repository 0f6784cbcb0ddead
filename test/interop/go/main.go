// Tlogcheck opens a log with code that is none of ours (golang.org/x/mod/sumdb) and recomputes
// it: checkpoint, tiles, entry bundles, inclusion of every entry, consistency between sizes, and
// offline proofs.
//
//	tlogcheck [-proofs dir] BASE VKEY
//
// BASE is a URL or a folder under which `checkpoint` and `tile/` lie.
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
}

func (s *source) remote() bool {
	return strings.HasPrefix(s.base, "http://") || strings.HasPrefix(s.base, "https://")
}

func (s *source) read(path string) ([]byte, error) {
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
	for _, s := range []int64{1, 2, 3, n / 3, n / 2, width - 1, width, width + 1, 2 * width, n - 1, n} {
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

func run(base, vkey, proofs string) error {
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return err
	}
	s := &source{base: base, client: http.Client{Timeout: 30 * time.Second}}
	msg, err := s.read("checkpoint")
	if err != nil {
		return err
	}
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
	} else if s.remote() {
		if err := checkTorchwood(base, tree, entries); err != nil {
			return err
		}
	}
	files := []string{}
	if proofs != "" {
		if files, err = filepath.Glob(filepath.Join(proofs, "*.proof")); err != nil {
			return err
		}
		if len(files) == 0 {
			return errors.New("no *.proof in " + proofs)
		}
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err == nil {
			err = checkProof(text, v, entries)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f, err)
		}
	}
	fmt.Printf("tlogcheck: %s: %d entries, %d proofs: all agree\n", v.Name(), tree.N, len(files))
	return nil
}

func main() {
	proofs := flag.String("proofs", "", "folder of *.proof files")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: tlogcheck [-proofs dir] BASE VKEY")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), *proofs); err != nil {
		fmt.Fprintln(os.Stderr, "tlogcheck:", err)
		os.Exit(1)
	}
}
