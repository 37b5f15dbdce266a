const PATIENCE_MS = 300_000;

/** An answer to an upload, whatever its status. */
export interface UploadAnswer {
  status: number;
  body: string;
}

/** Sends a file up, telling the share that is there (0–1); `fetch` cannot tell. */
export function sendUp(
  url: string,
  headers: Record<string, string>,
  file: File,
  told: (share: number) => void,
  signal: AbortSignal,
): Promise<UploadAnswer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const failed = (): void => reject(new TypeError('the upload did not get through'));
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.timeout = PATIENCE_MS;
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) told(event.loaded / event.total);
    };
    request.onload = () => resolve({ status: request.status, body: request.responseText });
    request.onerror = request.ontimeout = request.onabort = failed;
    if (signal.aborted) return failed();
    signal.addEventListener('abort', () => request.abort());
    const form = new FormData();
    form.append('file', file, file.name);
    request.send(form);
  });
}
