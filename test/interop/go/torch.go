package main

import (
	"bytes"
	"context"
	"fmt"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// checkTorchwood reads the log once more over HTTP as a client of c2sp.org/tlog-tiles does that
// was written by others: every entry proven by the tiles, and some alone.
func checkTorchwood(base string, tree tlog.Tree, entries [][]byte) error {
	fetcher, err := torchwood.NewTileFetcher(base)
	if err != nil {
		return err
	}
	client, err := torchwood.NewClient(fetcher)
	if err != nil {
		return err
	}
	ctx := context.Background()
	n := int64(0)
	for n < tree.N { // it stops before a partial bundle, and goes on when asked again
		from := n
		for i, e := range client.Entries(ctx, tree, n) {
			if i != n || !bytes.Equal(e, entries[n]) {
				return fmt.Errorf("torchwood: entry %d differs", i)
			}
			n++
		}
		if err := client.Err(); err != nil {
			return fmt.Errorf("torchwood: %w", err)
		}
		if n == from {
			return fmt.Errorf("torchwood: stops at %d of %d", n, tree.N)
		}
	}
	for _, i := range sizes(tree.N) {
		e, p, err := client.Entry(ctx, tree, i-1)
		if err != nil {
			return fmt.Errorf("torchwood: entry %d: %w", i-1, err)
		}
		if !bytes.Equal(e, entries[i-1]) {
			return fmt.Errorf("torchwood: entry %d differs", i-1)
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, i-1, tlog.RecordHash(e)); err != nil {
			return fmt.Errorf("torchwood: entry %d: %w", i-1, err)
		}
	}
	return nil
}
