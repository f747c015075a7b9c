package main

// sections lists what there is to measure, in the order of the table.
func (b *bench) sections() []section {
	return []section{
		{"backlog", (*bench).backlog},
		{"near", (*bench).near},
		{"idle", (*bench).idle},
		{"memory", (*bench).memory},
		{"quota", (*bench).quota},
		{"scarce", (*bench).scarce},
		{"locked", (*bench).locked},
		{"growth", (*bench).growth},
		{"fleet", (*bench).fleet},
	}
}
