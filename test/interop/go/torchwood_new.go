//go:build go1.27

package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const torchwoodLacks = ""

func (t *task) tiles(s *source) (torchwood.TileReader, error) {
	if s.remote() {
		return torchwood.NewTileFetcher(t.base)
	}
	return torchwood.NewTileFS(os.DirFS(t.base))
}

// readPolicy: the log's key as a line of its own when the file names no log, as a registry's does.
func (t *task) readPolicy() (torchwood.Policy, error) {
	text := []byte("quorum none\n")
	if t.policy != "" {
		var err error
		if text, err = os.ReadFile(t.policy); err != nil {
			return nil, err
		}
	}
	if !regexp.MustCompile(`(?m)^log\s`).Match(text) {
		text = append([]byte("log "+t.vkey+"\n"), text...)
	}
	return torchwood.ParsePolicy(text)
}

// indexOf: where a proof says that its record is.
func indexOf(proof []byte) (int64, error) {
	m := regexp.MustCompile(`(?m)^index ([0-9]+)$`).FindSubmatch(proof)
	if m == nil {
		return 0, errors.New("no index")
	}
	return strconv.ParseInt(string(m[1]), 10, 64)
}

func (t *task) open(_ note.Verifier, msg []byte) (tlog.Tree, error) {
	own := task{vkey: t.vkey}
	if t.cosigned {
		own = *t
	}
	policy, err := own.readPolicy()
	if err != nil {
		return tlog.Tree{}, err
	}
	cp, _, err := torchwood.VerifyCheckpoint(msg, policy)
	return cp.Tree, err
}

func (t *task) judge(proof []byte, entries [][]byte) error {
	policy, err := t.readPolicy()
	if err != nil {
		return err
	}
	i, err := indexOf(proof)
	if err != nil || i >= int64(len(entries)) {
		return errors.New("index is not in the log")
	}
	if err := torchwood.VerifyProof(policy, tlog.RecordHash(entries[i]), proof); err != nil {
		return err
	}
	return rewritten(proof, i)
}

// rewritten: torchwood's writer makes the same bytes of what it read in ours.
func rewritten(proof []byte, index int64) error {
	head, cp, _ := bytes.Cut(proof, []byte("\n\n"))
	var p tlog.RecordProof
	for _, l := range strings.Split(string(head), "\n") {
		if h, err := tlog.ParseHash(l); err == nil {
			p = append(p, h)
		}
	}
	again := torchwood.FormatProof(index, p, cp)
	if extra, err := torchwood.ProofExtraData(proof); err == nil {
		again = torchwood.FormatProofWithExtraData(index, extra, p, cp)
	}
	if !bytes.Equal(again, proof) {
		return errors.New("written anew it has other bytes")
	}
	return nil
}

// entryOf: doc/formats/register.md, "Entry".
func entryOf(text, salt []byte) []byte {
	h := sha256.Sum256(text)
	e := sha256.Sum256(append(append([]byte("chancery/entry@v1\n"), salt...), h[:]...))
	return e[:]
}

// Where torchwood is wider than c2sp.org/tlog-proof: it reads a number with a zero before it.
var lenient = map[string]bool{"bad/index-leading-zero.proof": true}

func (t *task) published(index string) error {
	t.by = "torchwood"
	policy, err := t.readPolicy()
	if err != nil {
		return err
	}
	list, err := os.ReadFile(index)
	if err != nil {
		return err
	}
	dir := filepath.Dir(index)
	held, refused := 0, 0
	block := regexp.MustCompile(`file (\S+)\ncomment .*\nstatement (\S+)\nexpect (.*)\n`)
	for _, m := range block.FindAllStringSubmatch(string(list), -1) {
		proof, err := os.ReadFile(filepath.Join(dir, m[1]))
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, "..", "statements", m[2]))
		if err != nil {
			return err
		}
		salt, _ := torchwood.ProofExtraData(proof)
		verdict := torchwood.VerifyProof(policy, tlog.RecordHash(entryOf(text, salt)), proof)
		if (verdict == nil) != (m[3] == "success") && !lenient[m[1]] {
			return fmt.Errorf("%s: %s is wanted, torchwood says: %v", m[1], m[3], verdict)
		}
		if verdict == nil {
			held++
		} else {
			refused++
		}
	}
	fmt.Printf("tlogcheck: published proofs: %d hold, %d do not (%s)\n", held, refused, t.readers())
	return nil
}
