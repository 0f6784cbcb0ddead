module chancery.example/bench

go 1.24
