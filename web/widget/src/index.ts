import { FenzhenWidget } from './element';

if (!customElements.get('fenzhen-widget')) {
  customElements.define('fenzhen-widget', FenzhenWidget);
}
