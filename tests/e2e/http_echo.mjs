// What http_echo.c does, on node's own HTTP parser (llhttp) at its strictest: the oracle.
import http from 'node:http';

const hex = (text) => Buffer.from(text, 'latin1').toString('hex');

const server = http.createServer({ insecureHTTPParser: false, requireHostHeader: true, maxHeaderSize: 64 << 10 }, (request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const seen = JSON.stringify({
      method: hex(request.method), target: hex(request.url), minor: request.httpVersionMinor,
      fields: request.rawHeaders.map(hex), body: Buffer.concat(parts).toString('hex'),
    });
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': seen.length });
    response.end(seen);
  });
});
server.on('clientError', (error, socket) => {
  if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.stdin.on('end', () => process.exit(0)).resume();
