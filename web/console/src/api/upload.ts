import type { ApiErrorBody, Attachment } from '../../../shared/api';
import { language } from '../i18n';
import { ApiError, Unreachable } from './http';

/**
 * Sends a file up, with further fields of the form; `told` hears the share (0–1) that is there.
 * `fetch` cannot tell progress.
 */
export type Upload = <Answer = Attachment>(
  path: string,
  file: File,
  told: (share: number) => void,
  signal: AbortSignal,
  fields?: Readonly<Record<string, string>>,
) => Promise<Answer>;

export function createUpload(csrfToken: () => string): Upload {
  return <Answer>(
    path: string,
    file: File,
    told: (share: number) => void,
    signal: AbortSignal,
    fields: Readonly<Record<string, string>> = {},
  ) =>
    new Promise<Answer>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('POST', `/api/v1${path}`);
      request.setRequestHeader('X-CSRF-Token', csrfToken());
      request.setRequestHeader('Accept-Language', language());
      request.responseType = 'json';
      request.upload.onprogress = ({ loaded, total }) => told(total > 0 ? loaded / total : 0);
      request.onerror = () => reject(new Unreachable());
      request.onload = () => {
        if (request.status < 300 && request.response) resolve(request.response as Answer);
        else reject(refusal(request));
      };
      signal.addEventListener('abort', () => request.abort());
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append('file', file, file.name);
      request.send(form);
    });
}

function refusal(request: XMLHttpRequest): ApiError {
  const error = (request.response as { error?: ApiErrorBody } | null)?.error;
  if (!error) return new ApiError(request.status, 'unreadable', `HTTP ${request.status}`);
  return new ApiError(request.status, error.code, error.message, error.details);
}
