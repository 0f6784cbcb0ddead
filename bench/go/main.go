// Go's crypto/mlkem as a peer of bench_mlkem: the same three operations, from bytes to bytes.
// Medians of five runs, one line of JSON: microseconds by name.
package main

import (
	"bytes"
	"crypto/mlkem"
	"encoding/json"
	"os"
	"sort"
	"time"
)

const runs, ops = 5, 2000

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func measure(op func()) float64 {
	took := make([]float64, runs)
	for i := range took {
		begun := time.Now()
		for range ops {
			op()
		}
		took[i] = float64(time.Since(begun).Microseconds()) / ops
	}
	sort.Float64s(took)
	return took[runs/2]
}

func main() {
	seed := bytes.Repeat([]byte{1}, mlkem.SeedSize)
	key, err := mlkem.NewDecapsulationKey768(seed)
	must(err)
	public := key.EncapsulationKey().Bytes()
	_, sealed := key.EncapsulationKey().Encapsulate()
	must(json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"keygen": measure(func() {
			k, err := mlkem.NewDecapsulationKey768(seed)
			must(err)
			k.EncapsulationKey().Bytes()
		}),
		"encaps": measure(func() {
			k, err := mlkem.NewEncapsulationKey768(public)
			must(err)
			k.Encapsulate()
		}),
		"decaps": measure(func() {
			_, err := key.Decapsulate(sealed)
			must(err)
		}),
	}))
}
