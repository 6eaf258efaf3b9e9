# Runs a server for as long as the process that started it: `sh -c "$this" name DIRECTORY PROGRAM ARGUMENT…`.
# Standard input is a pipe that nobody writes to. It ends when the other side closes it or dies, by whatever signal; then the server is
# stopped and the directory removed. A server that ends by itself leaves the directory, for the other side to look at. `initdb` runs under it
# in the same way.
directory=$1
shift
exec 3<&0 </dev/null

"$@" 3<&- &
server=$!

# The data is thrown away, so an immediate shutdown will do; the server itself kills within seconds what does not end at once.
# PgBouncer before 1.23 knows no such signal, and the shell has it ignored; there SIGTERM is the immediate one, which PostgreSQL passes over by then.
(
  read -r _ <&3
  : >"$directory/stopped"
  kill -QUIT "$server"
  kill -TERM "$server"
) 2>/dev/null &
watcher=$!
exec 3<&-

wait "$server"
status=$?
kill "$watcher" 2>/dev/null
if [ -e "$directory/stopped" ]; then
  # A process of initdb may still write a last file there.
  cd / && { rm -rf "$directory" || { sleep 1; rm -rf "$directory"; }; } 2>/dev/null
fi
exit "$status"
