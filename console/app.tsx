import { address } from './address.js'
import { access, reachable } from './api.js'
import { CallPage } from './call-page.js'
import { CallsPage } from './calls-page.js'
import { ChangePage } from './change/change-page.js'
import { EndpointsPage } from './endpoints/page.js'
import { NowPage } from './now-page.js'
import { RoutePage } from './route/route-page.js'
import { Search } from './search.js'
import { TokenPage } from './token-page.js'
import { TryPage } from './try/try-page.js'
import { WeekPage } from './week/week-page.js'

/** The pages that there are; each has an address of its own. */
const PAGES = [
  { path: '/', title: 'Now', Page: NowPage },
  { path: '/routes', title: 'Routes', Page: RoutePage },
  { path: '/try', title: 'Try a call', Page: TryPage },
  { path: '/week', title: 'Week', Page: WeekPage },
  { path: '/calls', title: 'Calls', Page: CallsOrCall },
  { path: '/endpoints', title: 'Endpoints', Page: EndpointsPage },
  { path: '/change', title: 'Change', Page: ChangePage },
]

function CallsOrCall() {
  const callSid = address.value.searchParams.get('call')
  return callSid === null ? <CallsPage /> : <CallPage key={callSid} callSid={callSid} />
}

/** The frame around every page. */
export function App() {
  if (access.value !== 'open') return <TokenPage />
  const { pathname } = address.value
  const page = PAGES.find(({ path }) => path === pathname)
  document.title = page ? `${page.title} · dialsip` : 'dialsip'
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header>
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="20" height="20" />
          dialsip
        </a>
        <Search />
        <nav aria-label="Pages">
          {PAGES.map(({ path, title }) => (
            <a key={path} href={path} aria-current={path === pathname ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
      </header>
      <div role="status" class="gone">
        {reachable.value ? '' : 'The server does not answer. What you see is from before; it is asked again.'}
      </div>
      <main id="main" tabIndex={-1}>
        {page ? <page.Page /> : <NotHere />}
      </main>
    </>
  )
}

function NotHere() {
  return (
    <>
      <h1>This page is not there</h1>
      <p>
        <a href="/">What happens now</a>
      </p>
    </>
  )
}
