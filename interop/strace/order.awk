# Names what counts in a trace of strace -f -yy, in its order, one a line; what follows itself is named once. A call that is
# still under way when the next one begins is said, and so is one that fails.
function clean(line) {
	gsub(/\\"/, "'", line)
	return line
}

# word gives what follows a mark in a line, up to an end.
function word(line, mark, end) {
	line = substr(line, index(line, mark) + length(mark))
	return substr(line, 1, index(line, end) - 1)
}

function name(line, call) {
	call = line
	sub(/\(.*/, "", call)
	if (call ~ /^p?write/ && line ~ /<TCP:/) {
		if (line ~ /"HTTP\/1.1 200 /) return "answer"
		if (line ~ /"HTTP\/1.1 /) return "answer that is no success"
		if (line ~ /IBrokerService[A-Za-z]*\//) {
			sub(/.*IBrokerService[A-Za-z]*\//, "", line)
			sub(/(Basic)?'.*/, "", line)
			return "ask for " line
		}
		return ""
	}
	if (call ~ /^p?write/ && line ~ /\.journal>/) return "journal: write " word(line, "'direction':'" side "','state':'", "'")
	if (call ~ /^f(data)?sync/ && line ~ /\.journal>/) return "journal: sync"
	if (line !~ place) return ""
	if (line ~ /\.json(\.[A-Z2-7]*\.part)?["'>]/) kind = "record"; else kind = "file"
	if (call ~ /^p?write/ && line ~ /\.(part|json)>/) return kind ": write"
	if (call ~ /^f(data)?sync/) return line ~ /\.(part|json)>/ ? kind ": sync" : "directory: sync"
	if (call ~ /^(rename|link)/) return kind ": final name"
	if (call ~ /^unlink/ && line ~ /\.part"/) return kind ": temporary name removed"
	return ""
}

{
	pid = $1
	line = clean(substr($0, length($1) + 1))
	sub(/^ +/, "", line)
	if (line ~ /^<\.\.\. [a-z0-9]+ resumed/) {
		if (pid in under && line ~ / = -1 /) print under[pid] " failed"
		delete under[pid]
		next
	}
	what = name(line)
	if (what == "") next
	for (other in under) print under[other] " is not done when there begins"
	if (line ~ / = -1 /) what = what " failed"
	if (line ~ /<unfinished \.\.\.>$/) under[pid] = what
	if (what != last) print what
	last = what
}
