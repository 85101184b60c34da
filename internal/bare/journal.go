package bare

import "os"

// journal is a file to which lines are added. Those that come while others are synced are synced together.
type journal struct {
	file  *os.File
	lines chan line
	ended chan struct{}
}

type line struct {
	text   string
	onDisk chan error
}

func openJournal(path string, atOnce int) (*journal, error) {
	file, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	j := &journal{file: file, lines: make(chan line, atOnce), ended: make(chan struct{})}
	go j.run()
	return j, nil
}

// put returns when the line is on disk.
func (j *journal) put(text string) error {
	l := line{text + "\n", make(chan error, 1)}
	j.lines <- l
	return <-l.onDisk
}

func (j *journal) close() error {
	close(j.lines)
	<-j.ended
	return j.file.Close()
}

func (j *journal) run() {
	defer close(j.ended)
	for l := range j.lines {
		batch := []line{l}
		for range len(j.lines) {
			batch = append(batch, <-j.lines)
		}
		err := j.write(batch)
		for _, l := range batch {
			l.onDisk <- err
		}
	}
}

func (j *journal) write(batch []line) error {
	var text []byte
	for _, l := range batch {
		text = append(text, l.text...)
	}
	if _, err := j.file.Write(text); err != nil {
		return err
	}
	return j.file.Sync()
}
