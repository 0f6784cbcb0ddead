package main

import (
	"context"
	"fmt"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// everyEntry reads the log as a client of c2sp.org/tlog-tiles does that was written by others:
// every entry proven by the tiles, and some alone, each with a proof.
func everyEntry(tiles torchwood.TileReader, tree tlog.Tree) ([][]byte, error) {
	client, err := torchwood.NewClient(tiles)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	var entries [][]byte
	for n := int64(0); n < tree.N; n = int64(len(entries)) {
		for i, e := range client.Entries(ctx, tree, n) {
			if i != int64(len(entries)) {
				return nil, fmt.Errorf("entry %d comes as %d", len(entries), i)
			}
			entries = append(entries, e)
		}
		if err := client.Err(); err != nil {
			return nil, err
		}
		if int64(len(entries)) == n { // it stops before a partial bundle, and goes on when asked again
			return nil, fmt.Errorf("it stops at %d of %d", n, tree.N)
		}
	}
	for _, i := range sizes(tree.N) {
		e, p, err := client.Entry(ctx, tree, i-1)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", i-1, err)
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, i-1, tlog.RecordHash(e)); err != nil {
			return nil, fmt.Errorf("entry %d: %w", i-1, err)
		}
	}
	return entries, nil
}

func (t *task) torchwood(s *source, v note.Verifier, msg []byte) error {
	tree, err := t.open(v, msg)
	if err != nil {
		return err
	}
	tiles, err := t.tiles(s)
	if err != nil {
		return err
	}
	entries, err := everyEntry(tiles, tree)
	if err != nil {
		return err
	}
	err = each(t.old, func(b []byte) error { return oldIsPrefix(b, v, tree, tiles) })
	if err != nil {
		return err
	}
	return each(t.proofs, func(b []byte) error { return t.judge(b, entries) })
}

func oldIsPrefix(msg []byte, v note.Verifier, tree tlog.Tree, tiles torchwood.TileReader) error {
	old, err := openCheckpoint(msg, v)
	if err != nil {
		return err
	}
	r := torchwood.TileHashReaderWithContext(context.Background(), tree, tiles)
	p, err := tlog.ProveTree(tree.N, old.N, r)
	if err != nil {
		return err
	}
	return tlog.CheckTree(p, tree.N, tree.Hash, old.N, old.Hash)
}
