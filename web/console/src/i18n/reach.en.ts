export default {
  reach: {
    bar: 'Messages that can be sent on WeChat',
    left: '{count} messages left',
    time: '{time} left',
    last: 'Say all of it in one message',
    soon: 'The window closes soon, please answer now',
    none: 'The customer cannot be written to now',
    noneNext: 'Answers are kept and go out once the customer writes again',
    barred: {
      unsubscribed:
        'The customer does not follow the account any more. Answers are kept and go out once they follow again',
      elsewhere: 'A colleague has the session in the WeCom app. Please answer there',
      closed:
        'The session on WeChat has ended. Answers are kept and go out once the customer writes again',
    },
    remind: 'Send subscription message',
    remindWhy: 'The customer agreed to one reminder; sending it uses this consent',
    reminded: 'Subscription message sent',
    remindUnsure: 'The subscription message may have arrived; WeChat did not say',
    retry: 'Send again',
    retried: 'Sent again',
    code: 'Error code {code}',
    problem: {
      subscription: 'There is no consent to use. Please wait for the customer to write.',
      window: 'The subscription message was not sent. Please try again later.',
      busy: 'WeChat is busy or its limit of calls is reached. Please try again later.',
      away: 'WeChat cannot be reached. Please try again later.',
      token: "The account's credentials are not valid. An admin has to check the AppSecret.",
      not_allowed:
        'The account may not send, or our address is not on its allow-list. Ask an admin.',
      refused:
        'WeChat refused the subscription message. An admin has to check template and fields.',
    },
    delivery: {
      waiting: 'Sending',
      again: 'WeChat does not answer',
      unconfirmed: 'May have arrived',
      late: 'Not sent',
      window: 'Not sent, kept',
      quota: 'Not sent, kept',
      closed: 'Not sent, kept',
      unsubscribed: 'Not sent, kept',
      account: 'Not sent, kept',
      busy: 'Not sent',
      away: 'Not sent',
      token: 'Failed',
      refused: 'Failed',
      too_long: 'Failed',
      not_allowed: 'Failed',
      file: 'Failed',
      elsewhere: 'Failed',
      with_next: 'Goes along with the next answer',
    },
    advice: {
      waiting: '',
      again: 'It is tried again by itself; there is no need to send it twice.',
      unconfirmed:
        'WeChat gave no result; it is not repeated by itself. Ask the customer, and send it again only if it did not arrive.',
      late: 'It could not be sent in time; the customer is not asked for this rating any more.',
      window:
        'The time for writing first is over. It goes out once the customer writes; who agreed to it can be sent a subscription message.',
      quota:
        'No messages are left. It goes out once the customer writes; who agreed to it can be sent a subscription message.',
      closed: 'The session on WeChat has ended. It goes out once the customer writes.',
      unsubscribed:
        'The customer does not follow any more; it goes out once they do. Use the phone or a text message instead.',
      account:
        'The account is switched off, or its secret, our address or its rights are wrong. Ask an admin, then send again.',
      busy: 'WeChat is busy. Please send it again later.',
      away: 'WeChat cannot be reached. Please send it again later.',
      token:
        "The account's credentials are not valid. An admin has to check them; then send again.",
      refused:
        'WeChat refused it; the customer may have unfollowed. Use the phone or a text message instead.',
      too_long: 'It is too long. Please send shorter messages.',
      not_allowed:
        'The customer takes no messages, or their account is restricted. Use the phone or a text message instead.',
      file: 'WeChat does not take such files. Send a picture, or write it as text.',
      elsewhere:
        'A colleague has the session in the WeCom app. Answer there, or send again once they have ended it.',
      with_next: 'Few messages are left: this notice is sent together with the next answer.',
    },
  },
};
