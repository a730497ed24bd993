declare module '@novnc/novnc' {
  interface RfbOptions {
    wsProtocols?: string[];
    shared?: boolean;
  }

  interface RfbEvents {
    connect: CustomEvent;
    disconnect: CustomEvent<{ clean: boolean }>;
    clipboard: CustomEvent<{ text: string }>;
  }

  /** A VNC client that draws into an element (docs/API.md of noVNC). */
  export default class RFB extends EventTarget {
    constructor(target: HTMLElement, url: string, options?: RfbOptions);
    scaleViewport: boolean;
    resizeSession: boolean;
    focusOnClick: boolean;
    background: string;
    disconnect(): void;
    focus(options?: FocusOptions): void;
    blur(): void;
    sendKey(keysym: number, code: string | null, down?: boolean): void;
    addEventListener<Name extends keyof RfbEvents>(
      type: Name,
      listener: (event: RfbEvents[Name]) => void,
    ): void;
  }
}
