import { render } from 'preact'
import { followLinks } from './address.js'
import { App } from './app.js'

followLinks()
render(<App />, document.getElementById('console')!)
