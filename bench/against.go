package bench

import "context"

func (b *bench) against(ctx context.Context) error { return nil }
