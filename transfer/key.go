package transfer

import "context"

type keyOfJob struct{}

// KeyFrom gives the key of the job that a call is made for, as the observer knows it, so that a back end can name the job in
// its log. "": the call is for no job, as a list is.
func KeyFrom(ctx context.Context) string {
	key, _ := ctx.Value(keyOfJob{}).(string)
	return key
}

func withKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, keyOfJob{}, key)
}
