// SPDX-License-Identifier: BSD-3-Clause
// node's http server and client, workers, crypto, files, zlib and dns; prints in one order whatever the timing.
const http = require('http'), { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const crypto = require('crypto'), fs = require('fs'), zlib = require('zlib'), dns = require('dns'), os = require('os'), path = require('path');

function get(port, name) {
  return new Promise(resolve => http.get({ host: '127.0.0.1', port, path: '/' + name }, message => {
    let text = '';
    message.on('data', data => text += data);
    message.on('end', () => resolve(text));
  }));
}

async function requests() {
  const server = http.createServer((request, reply) => reply.end('hello ' + request.url));
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const texts = await Promise.all([...Array(20).keys()].map(i => get(server.address().port, i)));
  server.close();
  return texts.join('|');
}

const work = n => new Promise(resolve => new Worker(__filename, { workerData: n }).on('message', resolve));

async function main() {
  console.log(await requests());
  console.log(await Promise.all([1, 2, 3, 4].map(work)));
  console.log(crypto.createHash('sha256').update('x').digest('hex'), crypto.pbkdf2Sync('a', 'b', 1000, 16, 'sha1').toString('hex'));
  console.log(await new Promise(resolve => crypto.scrypt('p', 's', 16, (error, key) => resolve(key.toString('hex')))));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'modules-')), file = path.join(folder, 'file');
  fs.writeFileSync(file, 'abc');
  console.log(fs.readFileSync(file, 'utf8'), fs.statSync(file).size, fs.readdirSync(folder));
  fs.rmSync(folder, { recursive: true });
  console.log(zlib.gunzipSync(zlib.gzipSync('hello'.repeat(1000))).length);
  console.log(await dns.promises.lookup('127.0.0.1'));
}

if (isMainThread) {
  main();
} else {
  let sum = 0;
  for (let i = 0; i < workerData * 100000; i++) sum += i % 7;
  parentPort.postMessage(sum);
}
