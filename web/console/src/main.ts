import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { DESK, INBOX } from './api';
import { DeskApi } from './api/desk';
import { createRequest } from './api/http';
import { InboxApi } from './api/inbox';
import { REQUEST } from './api/provide';
import App from './App.vue';
import { i18n, language } from './i18n';
import { createConsoleRouter } from './router';
import { useSession } from './stores/session';
import './ui/element';
import './styles/tokens.css';
import './styles/base.css';
import './styles/forms.css';
import { sayFieldProblems } from './ui/field-problems';
import { followTheme } from './ui/theme';

const app = createApp(App);
const request = createRequest({
  fetcher: (...call) => fetch(...call),
  language,
  csrfToken: () => useSession().csrfToken,
  signedOut: () => useSession().leave(),
  renewCsrf: () => useSession().restore(),
});

followTheme();
sayFieldProblems(document, (...call) => i18n.global.t(...call));
document.documentElement.lang = language();
app.provide(REQUEST, request);
app.provide(DESK, new DeskApi(request));
app.provide(INBOX, new InboxApi(request, () => useSession().csrfToken));
app.use(createPinia());
app.use(i18n);
app.use(createConsoleRouter(useSession()));
app.mount('#app');
