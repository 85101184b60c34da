package transfer

// SetStepped has the manager tell of each step on disk, for tests that end the process there.
func (m *Manager) SetStepped(stepped func(step string)) { m.stepped = stepped }
