import t from 'tap'
import { WebhookBatch } from '../../routes/webhook-batch.js'

/** A turn, what was done in it, and what the event loop would run. */
function turnOf() {
  const loop: (() => void)[] = []
  const turn = new WebhookBatch((run) => loop.push(run))
  const done: string[] = []
  return { loop, done, join, comeIn }

  function join(step: 'check' | 'decide' | 'send', what: string) {
    turn.join(step, () => done.push(what))
  }

  function comeIn(name: string) {
    turn.join('check', function check() {
      done.push(`check ${name}`)
      if (name === 'broken') throw new Error('an error of ours')
      join('send', `send ${name}`)
    })
  }
}

t.test('webhooks that come together take each step together', (t) => {
  const { loop, done, comeIn, join } = turnOf()
  for (const name of ['a', 'b']) comeIn(name)
  join('decide', 'decide c')
  t.same([done, loop.length], [[], 1])
  loop.pop()!()
  t.same(done, ['check a', 'check b', 'decide c', 'send a', 'send b'])
  comeIn('d')
  loop.pop()!()
  t.same(done.slice(5), ['check d', 'send d'])
  t.end()
})

t.test('an error in one webhook leaves the others their turn', (t) => {
  const { loop, done, comeIn } = turnOf()
  for (const name of ['a', 'broken', 'b']) comeIn(name)
  t.throws(() => loop.pop()!(), { message: 'an error of ours' })
  loop.pop()!()
  t.same(done, ['check a', 'check broken', 'check b', 'send a', 'send b'])
  t.end()
})

t.test('the first of many webhooks does not wait for more than 64', (t) => {
  const { done, comeIn } = turnOf()
  for (let at = 0; at < 70; at += 1) comeIn(`${at}`)
  t.equal(done.length, 128)
  t.end()
})
