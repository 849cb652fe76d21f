package data

import "sync"

// maxCached bounds what a cache remembers, and so its memory.
const maxCached = 8192

// cache remembers what was worked out for the last keys, since many records
// may share a picture or a molecule. When full, it starts again. The zero value
// is ready, and safe for concurrent use.
type cache[V any] struct {
	mu     sync.Mutex
	values map[string]V
}

func (c *cache[V]) get(key string) (V, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	value, ok := c.values[key]
	return value, ok
}

func (c *cache[V]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.values)
}

func (c *cache[V]) put(key string, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.values == nil || len(c.values) >= maxCached {
		c.values = make(map[string]V)
	}
	c.values[key] = value
}
