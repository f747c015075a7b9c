// Package reliability holds no code of the product: its tests run the real
// program in processes of its own, with servers outside of them, and break
// what can be broken. docs/reliability.md says which promise each test shows.
package reliability
