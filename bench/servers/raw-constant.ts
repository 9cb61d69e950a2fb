import { createServer } from 'node:http'
import { tellAddress } from './listen.js'

// What Node's HTTP alone costs: the body is read, the answer is always the same.

const ANSWER = Buffer.from('<?xml version="1.0" encoding="UTF-8"?><Response><Reject/></Response>')

const server = createServer((request, response) => {
  request.on('data', () => {})
  request.on('end', () => {
    response.writeHead(200, {
      'content-type': 'text/xml; charset=utf-8',
      'content-length': ANSWER.length,
    })
    response.end(ANSWER)
  })
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => tellAddress(server))
